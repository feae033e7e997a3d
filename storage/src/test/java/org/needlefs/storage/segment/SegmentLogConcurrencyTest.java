package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.disk.LocalDisk;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.segment.LogFixture.Collected;
import org.needlefs.storage.segment.SegmentLog.Appended;

/** Many threads on one log. */
final class SegmentLogConcurrencyTest {
    private static final int THREADS = 8;
    private static final int RECORDS = 200;

    @TempDir
    private Path directory;

    private static void inParallel(Callable<Void> task) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> tasks =
                    IntStream.range(0, THREADS).mapToObj(thread -> task).toList();
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    @Test
    void appendersShareSyncsAndEveryRecordIsDurableWhenItsSyncReturns() throws Exception {
        SegmentLogConfig config = LogFixture.config(64 << 10);
        LocalDisk disk = LocalDisk.open(directory);
        CountingDisk counting = new CountingDisk(disk);
        try (SegmentLog log = SegmentLog.open(counting, config)) {
            long before = counting.syncCount();
            inParallel(() -> {
                for (int index = 0; index < RECORDS; index++) {
                    Appended appended = log.append((byte) 1, LogFixture.body(index, 100));
                    log.sync(appended.sequence());
                    assertThat(log.durableSequence()).isGreaterThanOrEqualTo(appended.sequence());
                    assertThat(LogFixture.read(log, appended.position())).isEqualTo(LogFixture.body(index, 100));
                }
                return null;
            });
            assertThat(counting.syncCount() - before).isLessThan(THREADS * RECORDS);
        }
        try (SegmentLog log = SegmentLog.open(disk, config)) {
            Collected found = Collected.of(log);
            assertThat(found.damages).isEmpty();
            assertThat(found.bodies).hasSize(THREADS * RECORDS);
        }
    }

    @Test
    void whoComesDuringASyncIsServedByTheNextOne() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        SimulatedDisk simulated = new SimulatedDisk(1);
        SegmentLogConfig config = LogFixture.config(64 << 10);
        CountingDisk disk = new CountingDisk(simulated);
        try (SegmentLog log = SegmentLog.open(disk, config);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            disk.beforeSync(() -> {
                if (first.getAndSet(false)) {
                    entered.countDown();
                    release.await();
                }
                return null;
            });
            log.append((byte) 1, LogFixture.body(1, 10));
            long before = disk.syncCount();
            List<Future<Void>> waiting = new ArrayList<>();
            waiting.add(threads.submit(() -> syncLast(log)));
            entered.await();
            for (int index = 2; index <= 5; index++) {
                log.append((byte) 1, LogFixture.body(index, 10));
                waiting.add(threads.submit(() -> syncLast(log)));
            }
            assertThat(log.durableSequence()).isZero();
            release.countDown();
            for (Future<Void> done : waiting) {
                done.get();
            }
            assertThat(log.durableSequence()).isEqualTo(5);
            assertThat(disk.syncCount() - before).isBetween(2L, 5L);
        }
    }

    private static Void syncLast(SegmentLog log) throws IOException {
        log.sync(log.lastSequence());
        return null;
    }

    @Test
    void readersOfARemovedSegmentFinishOrAreTold() throws Exception {
        SegmentLogConfig config = LogFixture.config(64 << 10).withOpenFilesMax(2);
        try (SegmentLog log = SegmentLog.open(LocalDisk.open(directory), config)) {
            List<Appended> appended = new ArrayList<>();
            for (int index = 0; index < 300; index++) {
                appended.add(log.append((byte) 1, LogFixture.body(index, 3000)));
            }
            AtomicBoolean remover = new AtomicBoolean(true);
            inParallel(() -> {
                if (remover.getAndSet(false)) {
                    for (SegmentInfo segment : log.segments()) {
                        if (segment.sealed()) {
                            log.remove(segment.segment());
                        }
                    }
                    return null;
                }
                for (int index = 0; index < appended.size(); index++) {
                    try {
                        ByteBuffer found =
                                LogFixture.read(log, appended.get(index).position());
                        assertThat(found).isEqualTo(LogFixture.body(index, 3000));
                    } catch (NoSuchFileException removed) {
                        assertThat(removed).hasMessageContaining("segment-");
                    }
                }
                return null;
            });
            assertThat(log.segments()).hasSize(1);
        }
    }

    @Test
    void aScanEndsWhereTheLogEndedWhenItBegan() throws Exception {
        try (SegmentLog log = SegmentLog.open(LocalDisk.open(directory), LogFixture.config(64 << 10))) {
            inParallel(() -> {
                for (int index = 0; index < 50; index++) {
                    log.append((byte) 1, LogFixture.body(1, 700));
                    long last = log.lastSequence();
                    Collected found = Collected.of(log);
                    assertThat(found.damages).isEmpty();
                    assertThat(found.bodies).containsKey(last);
                    assertThat((long) found.bodies.size()).isEqualTo(found.bodies.lastKey());
                }
                return null;
            });
        }
    }
}
