package org.needlefs.client.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;

/** Many threads at once on few files, with buffers that are always full. */
class VfsConcurrencyTest {
    private static final int CHUNK = 64 << 10;
    private static final long BUDGET = 128 << 10;

    private final InMemoryObjectClient objects = new InMemoryObjectClient();
    private final InMemoryFileSystem fileSystem = new InMemoryFileSystem(new Geometry(CHUNK, 256), objects);
    private final Vfs vfs = new Vfs(
            fileSystem,
            objects,
            VfsConfig.DEFAULTS
                    .withWriteBuffers(BUDGET, 1 << 10)
                    .withBlockCache(64 << 10, 4 << 10)
                    .withMergeExtentCount(8),
            InstantSource.system());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() throws IOException {
        threads.shutdown();
        vfs.close();
    }

    private FileOperations.Created create(String name) throws IOException {
        return vfs.create(Inode.ROOT, Name.of(name), NewNode.file(0644, 0, 0), 2);
    }

    private void inParallel(List<Callable<Boolean>> tasks) throws Exception {
        for (Future<Boolean> done : threads.invokeAll(tasks)) {
            assertThat(done.get()).isTrue();
        }
    }

    @Test
    void eachWriterReadsItsOwnWritesWhileOthersWriteFlushAndTruncateElsewhere() throws Exception {
        FileOperations.Created made = create("shared");
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int lane = i;
            tasks.add(() -> writeAndCheck(made.attributes().inode(), lane));
        }
        tasks.add(() -> {
            for (int i = 0; i < 100; i++) {
                vfs.sync(made.file().handle(), false);
                assertThat(vfs.gauges().bufferedBytes()).isLessThanOrEqualTo(BUDGET);
            }
            return true;
        });
        inParallel(tasks);
        vfs.release(made.file().handle());
        assertThat(vfs.gauges().bufferedBytes()).isZero();
    }

    /** Writes 500-byte stripes that lie between those of the other lanes, and reads back every one. */
    private boolean writeAndCheck(Inode inode, int lane) throws IOException {
        Random random = new Random(lane);
        long handle = vfs.open(inode, 2).handle();
        byte[] written = new byte[400];
        for (int i = 0; i < 1500; i++) {
            int stripe = random.nextInt(400);
            byte value = (byte) (1 + random.nextInt(100));
            if (written[stripe] != 0) {
                checkStripe(handle, lane, stripe, written[stripe]);
            }
            byte[] bytes = new byte[500];
            Arrays.fill(bytes, value);
            assertThat(vfs.write(handle, place(lane, stripe), ByteBuffer.wrap(bytes)))
                    .isEqualTo(500);
            written[stripe] = value;
            checkStripe(handle, lane, stripe, value);
            if (random.nextInt(50) == 0) {
                vfs.flush(handle);
            }
        }
        vfs.flush(handle);
        for (int stripe = 0; stripe < written.length; stripe++) {
            checkStripe(handle, lane, stripe, written[stripe]);
        }
        vfs.release(handle);
        return true;
    }

    private static long place(int lane, int stripe) {
        return (stripe * 4L + lane) * 500;
    }

    private void checkStripe(long handle, int lane, int stripe, byte value) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(500);
        int count = vfs.read(handle, place(lane, stripe), into);
        for (int i = 0; i < count; i++) {
            assertThat(into.get(i))
                    .as("lane %d stripe %d byte %d", lane, stripe, i)
                    .isEqualTo(value);
        }
    }

    @Test
    void appendsOfManyThreadsNeitherOverlapNorTear() throws Exception {
        FileOperations.Created made = create("log");
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            byte value = (byte) (i + 1);
            tasks.add(() -> {
                long handle = vfs.open(made.attributes().inode(), 1 | 02000).handle();
                byte[] line = new byte[300];
                Arrays.fill(line, value);
                for (int j = 0; j < 300; j++) {
                    assertThat(vfs.write(handle, 0, ByteBuffer.wrap(line))).isEqualTo(300);
                }
                vfs.flush(handle);
                vfs.release(handle);
                return true;
            });
        }
        inParallel(tasks);
        ByteBuffer all = ByteBuffer.allocate(6 * 300 * 300 + 1);
        assertThat(vfs.read(made.file().handle(), 0, all)).isEqualTo(6 * 300 * 300);
        int[] counts = new int[7];
        for (int line = 0; line < 6 * 300; line++) {
            byte value = all.get(line * 300);
            counts[value]++;
            for (int i = 0; i < 300; i++) {
                assertThat(all.get(line * 300 + i)).isEqualTo(value);
            }
        }
        assertThat(counts).containsExactly(0, 300, 300, 300, 300, 300, 300);
        vfs.flush(made.file().handle());
        vfs.release(made.file().handle());
    }

    @Test
    void manyWritersStayWithinTheBudgetAndAllGetThrough() throws Exception {
        AtomicLong most = new AtomicLong();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            tasks.add(() -> {
                FileOperations.Created made = create("file" + number);
                byte[] bytes = new byte[10_000];
                new Random(number).nextBytes(bytes);
                for (int j = 0; j < 60; j++) {
                    vfs.write(made.file().handle(), j * 10_000L, ByteBuffer.wrap(bytes));
                    most.accumulateAndGet(vfs.gauges().bufferedBytes(), Math::max);
                }
                vfs.flush(made.file().handle());
                ByteBuffer into = ByteBuffer.allocate(10_000);
                for (int j = 0; j < 60; j++) {
                    assertThat(vfs.read(made.file().handle(), j * 10_000L, into.clear()))
                            .isEqualTo(10_000);
                    assertThat(into.array()).isEqualTo(bytes);
                }
                vfs.release(made.file().handle());
                return true;
            });
        }
        inParallel(tasks);
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(BUDGET);
    }

    @Test
    void openingAndUnlinkingAtOnceGivesEitherAWorkingFileOrNone() throws Exception {
        for (int round = 0; round < 200; round++) {
            FileOperations.Created made = create("f");
            vfs.write(made.file().handle(), 0, ByteBuffer.wrap(new byte[1000]));
            vfs.flush(made.file().handle());
            vfs.release(made.file().handle());
            inParallel(List.of(
                    () -> {
                        vfs.unlink(Inode.ROOT, Name.of("f"));
                        return true;
                    },
                    () -> {
                        openReadAndClose(made.attributes().inode());
                        return true;
                    }));
            assertThat(fileSystem.nodeCount()).isEqualTo(1);
        }
        assertThat(objects.objectCount()).isZero();
    }

    private void openReadAndClose(Inode inode) throws IOException {
        long handle;
        try {
            handle = vfs.open(inode, 2).handle();
        } catch (IOException gone) {
            return;
        }
        assertThat(vfs.read(handle, 0, ByteBuffer.allocate(2000))).isEqualTo(1000);
        assertThat(vfs.write(handle, 1000, ByteBuffer.wrap(new byte[10]))).isEqualTo(10);
        assertThat(vfs.setAttributes(inode, AttributeChange.NONE.withSizeBytes(5))
                        .sizeBytes())
                .isEqualTo(5);
        vfs.flush(handle);
        vfs.release(handle);
    }
}
