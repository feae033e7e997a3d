package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.Write;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.LocalDisk;

/** After a power cut the namespace never shows a file whose unsynced object the disk has lost. */
final class LostObjectsTest {
    private static final int SIZE = 50_000;

    @TempDir
    Path directory;

    private final Objects objects = new Objects();

    private static final class Objects implements StoredObjects {
        private final Set<ObjectId> stored = new HashSet<>();
        private int syncCount;

        @Override
        public boolean has(ObjectId object, long sizeBytes) {
            return stored.contains(object);
        }

        @Override
        public void sync() {
            syncCount++;
        }
    }

    private Namespace open(boolean trustState) throws IOException {
        return NamespaceFixture.open(
                LocalDisk.open(directory.resolve("log")),
                LocalDisk.open(directory.resolve("checkpoints")),
                directory.resolve("state"),
                trustState,
                objects,
                NamespaceLimits.DEFAULT);
    }

    private ObjectId writeFile(Namespace namespace, String name, long number) throws IOException {
        ObjectId object = new ObjectId(namespace.fileSystem().session(), number);
        objects.stored.add(object);
        Attributes file = namespace.fileSystem().make(Inode.ROOT, name(name), NewNode.file(0644, 0, 0));
        Write write = new Write.Extents(List.of(new Chunk(0, List.of(new Extent(0, SIZE, object, 0)))));
        namespace.fileSystem().write(file.inode(), write, SIZE, 1, false);
        return object;
    }

    private static void makeDirectory(Namespace namespace, String name) throws IOException {
        Attributes made = namespace.fileSystem().make(Inode.ROOT, name(name), NewNode.directory(0755, 0, 0));
        assertThat(made.isDirectory()).isTrue();
    }

    private static boolean exists(Namespace namespace, String name) throws IOException {
        return namespace.fileSystem().lookup(Inode.ROOT, name(name)).isPresent();
    }

    @Test
    void aPowerCutThatLosesAnObjectTakesTheNamespaceBackToTheMomentBefore() throws IOException {
        ObjectId lost;
        Namespace namespace = open(true);
        writeFile(namespace, "synced", 1);
        namespace.fileSystem().sync();
        lost = writeFile(namespace, "lost", 2);
        makeDirectory(namespace, "later");
        namespace.abandon();

        objects.stored.remove(lost);
        namespace = open(false);
        assertThat(exists(namespace, "synced")).isTrue();
        assertThat(namespace
                        .fileSystem()
                        .lookup(Inode.ROOT, name("lost"))
                        .map(Attributes::sizeBytes)
                        .orElse(0L))
                .isZero();
        assertThat(exists(namespace, "later")).isFalse();
        assertThat(namespace.check(objects)).isEmpty();
        makeDirectory(namespace, "after");
        namespace.abandon();

        for (boolean trustState : new boolean[] {true, false, false}) {
            namespace = open(trustState);
            assertThat(exists(namespace, "after")).isTrue();
            assertThat(exists(namespace, "later")).isFalse();
            namespace.abandon();
        }
    }

    @Test
    void aKilledProcessLosesNothing() throws IOException {
        Namespace namespace = open(true);
        writeFile(namespace, "file", 1);
        makeDirectory(namespace, "later");
        namespace.abandon();
        namespace = open(true);
        assertThat(exists(namespace, "later")).isTrue();
        namespace.close();
    }

    @Test
    void anObjectDeletedOnPurposeIsNotTakenForLost() throws IOException {
        Namespace namespace = open(true);
        ObjectId deleted = writeFile(namespace, "file", 1);
        Attributes unlinked = namespace.fileSystem().unlink(Inode.ROOT, name("file"), false);
        assertThat(unlinked.linkCount()).isZero();
        int syncCount = objects.syncCount;
        List<Garbage> garbage = namespace.garbage(10);
        assertThat(garbage).extracting(Garbage::object).containsExactly(deleted);
        assertThat(objects.syncCount)
                .as("objects are synced before anything is deleted")
                .isGreaterThan(syncCount);
        objects.stored.remove(deleted);
        namespace.garbageDone(garbage.getLast());
        makeDirectory(namespace, "later");
        namespace.abandon();

        namespace = open(false);
        assertThat(exists(namespace, "later")).isTrue();
        namespace.close();
    }

    @Test
    void theCutStaysWhereItIsWhenACheckpointCoversIt() throws IOException {
        Namespace namespace = open(true);
        ObjectId lost = writeFile(namespace, "lost", 1);
        namespace.abandon();
        objects.stored.remove(lost);
        namespace = open(false);
        makeDirectory(namespace, "after");
        namespace.checkpoint();
        makeDirectory(namespace, "last");
        namespace.abandon();
        namespace = open(false);
        assertThat(exists(namespace, "after")).isTrue();
        assertThat(exists(namespace, "last")).isTrue();
        namespace.close();
    }
}
