package org.needlefs.test.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.EmbeddedMount;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;

/**
 * kill -9 of the daemon in the middle of a storm of writes: after the next mount all that a returned call promised is
 * there, the rest is a state on the way and never garbage, and fsck finds nothing. There is no local disk to compare to:
 * its daemon is the kernel.
 */
final class KillIT {
    private static final int WRITERS = 4;
    private static final int CHANGES_MAX = 400;
    private static final long STORM_SECONDS_MAX = 120;

    @Test
    void whatWasPromisedSurvivesFiveKills() throws InterruptedException {
        rounds(5);
    }

    @Test
    @Tag("full")
    void whatWasPromisedSurvivesFiftyKills() throws InterruptedException {
        rounds(50);
    }

    private static void rounds(int count) throws InterruptedException {
        assumeFalse(TestFileSystem.isLocal(), "the local disk has no daemon to kill");
        long seed = Long.getLong("needlefs.seed", System.nanoTime());
        System.out.printf("KillIT: %d rounds, -Dneedlefs.seed=%d%n", count, seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (TestFileSystem opened = TestFileSystem.open()) {
            EmbeddedMount mount = (EmbeddedMount) opened;
            List<StormWriter> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                LinuxCalls.done("mkdir", mount.calls().mkdir("w" + writer, 0755));
                writers.add(new StormWriter(mount.calls().in("w" + writer), random.split()));
            }
            long slowestNanos = 0;
            for (int round = 1; round <= count; round++) {
                storm(mount, writers, 20 + random.nextInt(CHANGES_MAX));
                slowestNanos = Math.max(slowestNanos, mount.mountAgain());
                for (int number = 0; number < writers.size(); number++) {
                    StormWriter writer = writers.get(number);
                    writer.moveTo(mount.calls().in("w" + number));
                    assertThat(writer.complaints())
                            .as("round %d, seed %d", round, seed)
                            .isEmpty();
                    writer.clear();
                }
            }
            System.out.printf(
                    "KillIT: slowest open after a kill %d ms (process start to first stat; 2000 ms is the aim)%n",
                    TimeUnit.NANOSECONDS.toMillis(slowestNanos));
            mount.unmount();
            assertThat(mount.needlefs("fsck", mount.data().toString())).doesNotContainIgnoringCase("corrupt");
            long ignored = mount.mountAgain();
        }
    }

    /** Lets all writers work until so many changes are done, then kills the daemon under them. */
    private static void storm(EmbeddedMount mount, List<StormWriter> writers, int changes) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(changes);
        List<Thread> threads = new ArrayList<>();
        for (StormWriter writer : writers) {
            threads.add(Thread.ofPlatform().start(writer.counting(done)));
        }
        boolean worked = done.await(STORM_SECONDS_MAX, TimeUnit.SECONDS);
        mount.kill();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(STORM_SECONDS_MAX));
            assertThat(thread.isAlive()).as("a writer hangs on a dead mount").isFalse();
        }
        assertThat(worked)
                .as("%d changes in %d s; the daemon said:%n%s", changes, STORM_SECONDS_MAX, mount.log())
                .isTrue();
    }
}
