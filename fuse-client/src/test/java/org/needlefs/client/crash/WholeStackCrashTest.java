package org.needlefs.client.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Vfs, namespace and object store together on disks that lose their power: the filesystem comes back as it was at one
 * moment, no older than the last sync; after the death of the process alone nothing is missing.
 *
 * <p>Replay: {@code -Dneedlefs.crash.seed=N -Dneedlefs.crash.at=OPERATION}. All places to cut: {@code -Dneedlefs.full}.
 */
final class WholeStackCrashTest {
    private static final int STEPS = 30;
    private static final int LATER_STEPS = 8;
    private static final int RUNS = 60;

    @TempDir
    Path directory;

    private enum Crash {
        POWER_CUT,
        KILL
    }

    @Test
    void afterAPowerCutTheFilesystemIsAsItWasAtOneMomentNoOlderThanTheLastSync() throws Exception {
        campaign(Crash.POWER_CUT);
    }

    @Test
    void afterTheDeathOfTheProcessNothingThatReturnedIsMissing() throws Exception {
        campaign(Crash.KILL);
    }

    private void campaign(Crash crash) throws Exception {
        boolean full = System.getProperty("needlefs.full") != null;
        long firstSeed = Long.getLong("needlefs.crash.seed", 1);
        long seedCount = full ? 20 : 4;
        long at = Long.getLong("needlefs.crash.at", -1);
        for (long seed = firstSeed; seed < firstSeed + (at >= 0 ? 1 : seedCount); seed++) {
            long operations = operations(seed);
            System.out.println("WholeStackCrashTest " + crash + " seed " + seed + ": " + operations + " operations");
            // In the normal run no two seeds cut at the same places.
            long stride = full ? 1 : Math.max(1, operations * seedCount / RUNS);
            for (long operation = at >= 0 ? at : seed % stride; operation < operations; operation += stride) {
                try {
                    crashAt(crash, seed, operation);
                } catch (Exception | AssertionError failed) {
                    throw new AssertionError(
                            crash + ": replay with -Dneedlefs.crash.seed=" + seed + " -Dneedlefs.crash.at=" + operation,
                            failed);
                }
                if (at >= 0) {
                    break;
                }
            }
        }
    }

    private Path place(long seed, long operation) {
        return directory.resolve(System.nanoTime() + "-" + seed + "-" + operation);
    }

    /** How many changes of a disk the script makes when nothing happens to it. */
    private long operations(long seed) throws Exception {
        try (CrashMachine machine = new CrashMachine(place(seed, -1), seed)) {
            History history = new History(Tree.EMPTY);
            machine.open(history);
            run(machine, history, seed, STEPS);
            assertThat(machine.problems()).isEmpty();
            long operations = machine.power().operationCount();
            machine.shutDown();
            return operations;
        }
    }

    private void crashAt(Crash crash, long seed, long operation) throws Exception {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + operation);
        try (CrashMachine machine = new CrashMachine(place(seed, operation), random.nextLong())) {
            History history = new History(Tree.EMPTY);
            machine.power().cutAfter(operation);
            runUntilCrash(machine, history, seed, STEPS);
            history = recover(machine, history, crash, random);
            machine.power().cutAfter(random.nextInt(80));
            runUntilCrash(machine, history, random.nextLong(), LATER_STEPS);
            History end = recover(machine, history, Crash.POWER_CUT, random);
            run(machine, end, random.nextLong(), LATER_STEPS);
            assertThat(machine.problems()).isEmpty();
            machine.shutDown();
        }
    }

    private static void runUntilCrash(CrashMachine machine, History history, long seed, int steps) throws Exception {
        try {
            if (!machine.isRunning()) {
                machine.open(history);
            }
            run(machine, history, seed, steps);
        } catch (IOException failed) {
            if (!machine.power().isOff()) {
                throw failed;
            }
        }
    }

    private static void run(CrashMachine machine, History history, long seed, int steps) throws Exception {
        Script script = new Script(seed, machine, history);
        try {
            script.run(steps);
        } catch (RuntimeException | AssertionError failed) {
            throw new AssertionError("after\n" + script, failed);
        }
    }

    /** Crashes, now and then once more while recovering, and checks what is there. */
    private static History recover(CrashMachine machine, History history, Crash crash, SplittableRandom random)
            throws IOException {
        crash(machine, crash);
        History unused = new History(Tree.EMPTY);
        for (int again = random.nextInt(3); again > 0; again--) {
            machine.power().cutAfter(random.nextInt(25));
            try {
                machine.open(unused);
            } catch (IOException failed) {
                if (!machine.power().isOff()) {
                    throw failed;
                }
            }
            crash(machine, crash);
        }
        History next = new History(Tree.EMPTY);
        machine.open(next);
        Tree found = machine.tree();
        boolean allowed = switch (crash) {
            case POWER_CUT -> history.allowsAfterPowerCut(found);
            case KILL -> history.allowsAfterKill(found);
        };
        assertThat(allowed).as(() -> history.explain(found)).isTrue();
        assertThat(machine.problems()).isEmpty();
        next.add(found);
        next.syncedUpTo(next.lastIndex());
        return next;
    }

    private static void crash(CrashMachine machine, Crash crash) throws IOException {
        switch (crash) {
            case POWER_CUT -> machine.powerCut();
            case KILL -> machine.kill();
        }
    }
}
