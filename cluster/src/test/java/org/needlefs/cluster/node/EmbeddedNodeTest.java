package org.needlefs.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.namespace.NamespaceLimits;
import org.needlefs.storage.ObjectId;

final class EmbeddedNodeTest {
    private static final int SIZE = 100_000;

    @TempDir
    Path directory;

    private final FilesystemFormat format = FilesystemFormat.create("test", new Geometry(1 << 20, 4096));

    private EmbeddedNode open() throws IOException {
        NodeConfig config = new NodeConfig(List.of(directory), NamespaceLimits.DEFAULT, 16 << 20, 8 << 20);
        return EmbeddedNode.open(config, format, new EmbeddedNode.RootOwner(0, 0));
    }

    private static ObjectId writeFile(EmbeddedNode node, String name, byte fill) throws IOException {
        ObjectId object = new ObjectId(node.fileSystem().session(), fill);
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, fill);
        Attributes file = node.fileSystem().make(Inode.ROOT, Name.of(name), NewNode.file(0644, 1, 1));
        node.objects().put(object, ByteBuffer.wrap(bytes));
        Chunk chunk = new Chunk(0, List.of(new Extent(0, SIZE, object, 0)));
        Attributes written = node.fileSystem().write(file.inode(), new Write.Extents(List.of(chunk)), SIZE, 5, false);
        assertThat(written.sizeBytes()).isEqualTo(SIZE);
        return object;
    }

    private static byte[] readFile(EmbeddedNode node, String name) throws IOException {
        Attributes file = node.fileSystem().lookup(Inode.ROOT, Name.of(name)).orElseThrow();
        Content content = node.fileSystem().content(file.inode(), 0, 1);
        Extent extent = ((Content.Chunks) content).chunks().getFirst().extents().getFirst();
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        node.objects().read(extent.object(), extent.objectOffsetBytes(), bytes);
        return bytes.array();
    }

    @Test
    void whatIsWrittenIsThereAfterACleanCloseAndTheMarkerIsGone() throws IOException {
        try (EmbeddedNode node = open()) {
            writeFile(node, "a", (byte) 1);
            assertThat(directory.resolve(RunMarker.FILE_NAME)).exists();
        }
        assertThat(directory.resolve(RunMarker.FILE_NAME)).doesNotExist();
        try (EmbeddedNode node = open()) {
            assertThat(readFile(node, "a")).containsOnly(1);
        }
    }

    @Test
    void afterAPowerCutStateAndIndexAreMadeAnewFromTheLogs() throws IOException {
        try (EmbeddedNode node = open()) {
            writeFile(node, "a", (byte) 1);
            node.objects().sync();
            node.fileSystem().sync();
        }
        Files.writeString(directory.resolve(RunMarker.FILE_NAME), "another boot\n");
        damageAllFilesBelow(directory.resolve("namespace").resolve("state"));
        damageAllFilesBelow(directory.resolve("objects").resolve("index"));
        try (EmbeddedNode node = open()) {
            assertThat(readFile(node, "a")).containsOnly(1);
        }
        try (EmbeddedNode node = open()) {
            assertThat(readFile(node, "a")).containsOnly(1);
        }
    }

    private static void damageAllFilesBelow(Path folder) throws IOException {
        try (var below = Files.walk(folder)) {
            for (Path file : below.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 100; i < bytes.length; i += 97) {
                    bytes[i] ^= 0x55;
                }
                Files.write(file, bytes);
            }
        }
    }

    @Test
    void theObjectOfAnUnlinkedFileIsDeletedAfterAWhile() throws Exception {
        try (EmbeddedNode node = open()) {
            ObjectId object = writeFile(node, "a", (byte) 1);
            node.fileSystem().unlink(Inode.ROOT, Name.of("a"), false);
            while (node.collectedCount() == 0) {
                Thread.onSpinWait();
            }
            assertThat(node.store().head(object)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void aSecondNodeOnTheSameDataIsRefused() throws IOException {
        try (EmbeddedNode node = open()) {
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining(directory.toString());
            writeFile(node, "a", (byte) 1);
        }
    }
}
