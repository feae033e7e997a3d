package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.needlefs.storage.disk.PowerCutException;
import org.needlefs.storage.disk.SimulatedDisk;

/** The log on a disk that loses its power in the middle of everything. */
final class SegmentLogCrashTest {
    /** More rounds: {@code -Dneedlefs.crash.seeds=1000}; one of them again: {@code -Dneedlefs.crash.firstSeed=…}. */
    private static final long SEEDS = Long.getLong("needlefs.crash.seeds", 10);

    private static final long FIRST_SEED = Long.getLong("needlefs.crash.firstSeed", 1);

    private interface Crash {
        SimulatedDisk of(SimulatedDisk disk, SplittableRandom random);
    }

    @Test
    void whatWasSyncedSurvivesAPowerCutInEveryOperation() throws IOException {
        crashInEveryOperation((disk, random) -> disk.powerCut(), false);
    }

    @Test
    void whatWasWrittenSurvivesTheProcessDyingInEveryOperation() throws IOException {
        crashInEveryOperation((disk, random) -> disk.kill(), true);
    }

    @Test
    void whatARecoveryFoundSurvivesAPowerCutAfterIt() throws IOException {
        crashInEveryOperation((disk, random) -> random.nextBoolean() ? disk.kill() : disk.powerCut(), false);
    }

    private static void crashInEveryOperation(Crash crash, boolean writtenIsEnough) throws IOException {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            SimulatedDisk whole = new SimulatedDisk(seed);
            new CrashScenario(seed, writtenIsEnough).run(whole);
            for (long operations = 0; operations < whole.operationCount(); operations++) {
                try {
                    crashOnce(new CrashScenario(seed, writtenIsEnough), seed, operations, crash);
                } catch (AssertionError | IOException failure) {
                    throw new AssertionError(
                            "seed " + seed + " (-Dneedlefs.crash.firstSeed), crash after operation " + operations,
                            failure);
                }
            }
        }
    }

    /** Crashes in the scenario, then in the recovery, then recovers, goes on, and looks once more. */
    private static void crashOnce(CrashScenario scenario, long seed, long operations, Crash crash) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed * 1_000_003 + operations);
        SplittableRandom random = new SplittableRandom(seed + operations);
        disk.cutPowerAfter(operations);
        runToItsEnd(scenario, disk);
        for (int crashes = 0; crashes < 3; crashes++) {
            disk = crash.of(disk, random);
            disk.cutPowerAfter(random.nextInt(crashes == 0 ? 8 : 60));
            runToItsEnd(scenario, disk);
        }
        disk = crash.of(disk, random);
        scenario.run(disk);
        try (SegmentLog log = SegmentLog.open(disk.powerCut(), scenario.config())) {
            scenario.checkAndAdopt(log);
        }
    }

    private static void runToItsEnd(CrashScenario scenario, SimulatedDisk disk) throws IOException {
        try {
            scenario.run(disk);
        } catch (IOException failure) {
            assertThat(failure).hasStackTraceContaining(PowerCutException.class.getName());
        }
    }
}
