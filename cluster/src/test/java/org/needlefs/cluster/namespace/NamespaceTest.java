package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.bytes;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;

final class NamespaceTest {
    @TempDir
    private Path directory;

    @Test
    void aNewNamespaceHasARootAndNothingInIt() throws IOException {
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            Attributes root = namespace.fileSystem().attributes(Inode.ROOT);
            assertThat(root.isDirectory()).isTrue();
            assertThat(root.linkCount()).isEqualTo(2);
            assertThat(namespace.fileSystem().list(Inode.ROOT, 0, 10)).isEmpty();
            assertThat(namespace.fileSystem().usage().inodeCount()).isEqualTo(1);
        }
    }

    @Test
    void whatWasMadeIsThereAfterReopening() throws IOException {
        Attributes file;
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            var fileSystem = namespace.fileSystem();
            Attributes folder = fileSystem.make(Inode.ROOT, name("folder"), NewNode.directory(0750, 1, 2));
            file = fileSystem.make(folder.inode(), name("file"), NewNode.file(0640, 3, 4));
            file = fileSystem.write(file.inode(), new Write.Whole(bytes("hello")), 5, 77, false);
            assertThat(fileSystem.rename(
                            folder.inode(), name("file"), Inode.ROOT, name("moved"), RenameMode.REPLACE, false))
                    .isEmpty();
            fileSystem.sync();
        }
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            var fileSystem = namespace.fileSystem();
            Optional<Attributes> found = fileSystem.lookup(Inode.ROOT, name("moved"));
            assertThat(found).isPresent();
            assertThat(found.get().inode()).isEqualTo(file.inode());
            assertThat(found.get().sizeBytes()).isEqualTo(5);
            assertThat(fileSystem.content(file.inode(), 0, 1))
                    .isInstanceOfSatisfying(
                            Content.Inline.class,
                            inline -> assertThat(inline.bytes()).isEqualTo(bytes("hello")));
            List<Entry> listed = fileSystem.list(Inode.ROOT, 0, 10);
            assertThat(listed).extracting(Entry::name).containsExactlyInAnyOrder(name("folder"), name("moved"));
            assertThat(fileSystem.unlink(Inode.ROOT, name("moved"), false).linkCount())
                    .isZero();
            assertThat(fileSystem.lookup(Inode.ROOT, name("moved"))).isEmpty();
        }
    }
}
