package org.needlefs.client.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.model.Geometry;

/** Random operations on the vfs and on byte arrays, with buffers, chunks and caches so small that every path is taken. */
class VfsModelTest {
    private static final int STEP_COUNT = 4000;

    private final InMemoryObjectClient objects = new InMemoryObjectClient();
    private final InMemoryFileSystem fileSystem = new InMemoryFileSystem(new Geometry(64 << 10, 256), objects);

    private static VfsConfig tiny() {
        return VfsConfig.DEFAULTS
                .withWriteBuffers(256 << 10, 1 << 10)
                .withBlockCache(64 << 10, 4 << 10)
                .withMergeExtentCount(8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRandomHistoryReadsAsTheModelSays(long seed) throws Exception {
        run(seed, tiny(), 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void readingAheadChangesNothing(long seed) throws Exception {
        run(seed, tiny().withReadAhead(32 << 10), 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void aRandomHistoryWithAStoreThatFailsAtTimesLosesNothing(long seed) throws Exception {
        run(seed, tiny(), 50);
    }

    private void run(long seed, VfsConfig config, int faultEvery) throws IOException, InterruptedException {
        System.out.println("VfsModelTest seed " + seed + " faultEvery " + faultEvery);
        try (Vfs vfs = new Vfs(fileSystem, objects, config, InstantSource.system())) {
            VfsModel model = new VfsModel(seed, faultEvery == 0 ? VfsModel.Faults.NONE : faults(faultEvery));
            model.use(vfs);
            for (int step = 0; step < STEP_COUNT; step++) {
                model.step();
                assertThat(vfs.gauges().bufferedBytes()).isLessThanOrEqualTo(config.writeBufferBytes());
            }
            model.closeAll();
            vfs.awaitMerged();
            model.checkAll();
            assertThat(vfs.gauges().bufferedBytes()).isZero();
        }
        try (Vfs reopened = new Vfs(fileSystem, objects, config, InstantSource.system())) {
            assertThat(reopened.gauges().openFileCount()).isZero();
        }
    }

    /** Puts and commits that fail now and then, in a way that trying again mends. */
    private VfsModel.Faults faults(int every) {
        return new VfsModel.Faults() {
            @Override
            public void begin(java.util.Random random) {
                objects.failPuts(id -> id.low() % every == 0
                        ? java.util.Optional.of(new IOException("injected put failure"))
                        : java.util.Optional.empty());
                boolean commits = random.nextBoolean();
                fileSystem.failWrites(() -> commits
                        ? java.util.Optional.of(new IOException("injected commit failure"))
                        : java.util.Optional.empty());
            }

            @Override
            public void end() {
                objects.heal();
                fileSystem.heal();
            }
        };
    }
}
