package org.needlefs.client.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.namespace.Garbage;
import org.needlefs.cluster.namespace.Namespace;
import org.needlefs.cluster.namespace.NamespaceFixture;
import org.needlefs.cluster.namespace.NamespaceLimits;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.ObjectStore;
import org.needlefs.storage.needle.ObjectStoreConfig;
import org.needlefs.storage.needle.StoreDirectory;

/** The same random operations on the namespace and the object store on disk, closed and opened in between. */
class VfsOnDiskModelTest {
    private static final int STEP_COUNT = 700;
    private static final int ROUND_COUNT = 3;
    private static final NamespaceLimits LIMITS =
            new NamespaceLimits(64 << 10, 20, 8 << 20, 64 << 10, 1 << 20, 1 << 20, 0, 4);
    private static final VfsConfig CONFIG = VfsConfig.DEFAULTS
            .withWriteBuffers(256 << 10, 1 << 10)
            .withBlockCache(64 << 10, 4 << 10)
            .withMergeExtentCount(8);

    @TempDir
    Path directory;

    private record StoreClient(ObjectStore store) implements ObjectClient {
        @Override
        public void put(ObjectId id, ByteBuffer... body) throws IOException {
            store.put(id, body);
        }

        @Override
        public void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException {
            store.read(id, offsetBytes, into);
        }

        @Override
        public void sync() throws IOException {
            store.sync();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void aRandomHistorySurvivesClosingAndOpening(long seed) throws Exception {
        System.out.println("VfsOnDiskModelTest seed " + seed);
        VfsModel model = new VfsModel(seed, VfsModel.Faults.NONE);
        for (int round = 0; round < ROUND_COUNT; round++) {
            ObjectStoreConfig config = ObjectStoreConfig.of(
                            List.of(StoreDirectory.of(directory.resolve("objects"))), NamespaceFixture.ID)
                    .withSegmentSizeBytes(4 << 20)
                    .withIndex(4 << 20, 256);
            try (ObjectStore store = ObjectStore.open(config);
                    Namespace namespace = NamespaceFixture.open(directory, true, LIMITS);
                    Vfs vfs = new Vfs(namespace.fileSystem(), new StoreClient(store), CONFIG, InstantSource.system())) {
                model.use(vfs);
                model.checkAll();
                for (int step = 0; step < STEP_COUNT; step++) {
                    model.step();
                    if (step % 100 == 0) {
                        deleteGarbage(namespace, store);
                    }
                }
                model.closeAll();
                vfs.awaitMerged();
                model.checkAll();
            }
        }
    }

    private static void deleteGarbage(Namespace namespace, ObjectStore store) throws IOException {
        List<Garbage> garbage = namespace.garbage(1000);
        for (Garbage one : garbage) {
            store.delete(one.object());
        }
        if (!garbage.isEmpty()) {
            namespace.garbageDone(garbage.getLast());
        }
    }
}
