package org.needlefs.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.namespace.NamespaceLimits;
import org.needlefs.storage.ObjectId;

final class UnreferencedObjectsTest {
    private static final int SIZE_BYTES = 5_000;
    private static final String FILE = "file";

    @TempDir
    Path directory;

    private final FilesystemFormat format = FilesystemFormat.create("test", new Geometry(1 << 20, 4096));

    private EmbeddedNode open() throws IOException {
        NodeConfig config = new NodeConfig(List.of(directory), NamespaceLimits.DEFAULT, 16 << 20, 8 << 20);
        return EmbeddedNode.open(config, format, new EmbeddedNode.RootOwner(0, 0));
    }

    private static ObjectId put(EmbeddedNode node, long number) throws IOException {
        ObjectId object = new ObjectId(node.fileSystem().session(), number);
        node.objects().put(object, ByteBuffer.allocate(SIZE_BYTES));
        return object;
    }

    private static ObjectId putReferred(EmbeddedNode node, long number) throws IOException {
        ObjectId object = put(node, number);
        Attributes file = node.fileSystem().make(Inode.ROOT, Name.of(FILE), NewNode.file(0644, 1, 1));
        Chunk chunk = new Chunk(0, List.of(new Extent(0, SIZE_BYTES, object, 0)));
        node.fileSystem().write(file.inode(), new Write.Extents(List.of(chunk)), SIZE_BYTES, 5, false);
        return object;
    }

    private static UnreferencedObjects.Found collect(EmbeddedNode node, long ageMillisMin, boolean dryRun)
            throws IOException {
        return new UnreferencedObjects(node.store(), node.namespace(), System.currentTimeMillis(), ageMillisMin)
                .run(dryRun, (_, _) -> {});
    }

    @Test
    void whatAnEarlierSessionPutAndNeverNamedIsDeletedAndWhatAFileRefersToIsKept() throws IOException {
        ObjectId referred;
        ObjectId lost;
        try (EmbeddedNode node = open()) {
            referred = putReferred(node, 1);
            lost = put(node, 2);
        }
        try (EmbeddedNode node = open()) {
            assertThat(collect(node, 0, true)).isEqualTo(new UnreferencedObjects.Found(2, 1, SIZE_BYTES));
            assertThat(node.store().head(lost)).as("after a dry run").isPresent();

            assertThat(collect(node, 0, false)).isEqualTo(new UnreferencedObjects.Found(2, 1, SIZE_BYTES));
            assertThat(node.store().head(lost)).isEmpty();
            assertThat(node.store().head(referred)).isPresent();
            assertThat(collect(node, 0, false)).isEqualTo(new UnreferencedObjects.Found(1, 0, 0));
            assertThat(node.check()).isEmpty();
        }
    }

    @Test
    void whatIsYoungerThanAnHourIsKept() throws IOException {
        ObjectId lost;
        try (EmbeddedNode node = open()) {
            lost = put(node, 1);
        }
        try (EmbeddedNode node = open()) {
            assertThat(node.collectUnreferenced(false, (_, _) -> {}).unreferencedCount())
                    .isZero();
            assertThat(node.store().head(lost)).isPresent();
            long anHourLater = System.currentTimeMillis() + UnreferencedObjects.AGE_MILLIS_MIN + 1;
            assertThat(new UnreferencedObjects(
                                    node.store(), node.namespace(), anHourLater, UnreferencedObjects.AGE_MILLIS_MIN)
                            .run(false, (_, _) -> {})
                            .unreferencedCount())
                    .isEqualTo(1);
            assertThat(node.store().head(lost)).isEmpty();
        }
    }

    @Test
    void whatThisSessionPutIsKeptForItMayBeAboutToBeNamed() throws IOException {
        try (EmbeddedNode node = open()) {
            ObjectId own = put(node, 1);
            assertThat(collect(node, 0, false)).isEqualTo(new UnreferencedObjects.Found(1, 0, 0));
            assertThat(node.store().head(own)).isPresent();
        }
    }

    @Test
    void whatWaitsInTheGarbageQueueIsLeftToIt() throws IOException {
        try (EmbeddedNode node = open()) {
            putReferred(node, 1);
        }
        try (EmbeddedNode node = open()) {
            node.fileSystem().unlink(Inode.ROOT, Name.of(FILE), false);
            // The queue keeps it for two seconds; should this take longer, it is gone, and that is no find either.
            assertThat(collect(node, 0, true).unreferencedCount()).isZero();
        }
    }

    @Test
    void progressIsToldUntilEverythingWasLookedAt() throws IOException {
        List<Long> told = new ArrayList<>();
        try (EmbeddedNode node = open()) {
            for (int number = 1; number <= 1_001; number++) {
                put(node, number);
            }
            node.collectUnreferenced(true, (objectCount, totalCount) -> {
                assertThat(totalCount).isEqualTo(1_001);
                told.add(objectCount);
            });
        }
        assertThat(told).containsExactly(1_000L, 1_001L);
    }
}
