package org.needlefs.client.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.disk.DiskFile;
import org.needlefs.storage.disk.SimulatedDisk;

/**
 * A bit that flips in a container or in the namespace's log, after a clean end and after a crash: what is read is right
 * or an error, and what can't be opened says why. Replay: {@code -Dneedlefs.crash.seed=N}.
 */
final class WholeStackDamageTest {
    private static final int STEPS = 12;
    private static final int TRIES = 100;

    @TempDir
    Path directory;

    @Test
    void aFlippedBitNeverChangesWhatIsRead() throws Exception {
        long first = Long.getLong("needlefs.crash.seed", 1);
        long count = System.getProperty("needlefs.full") == null ? 40 : 2_000;
        int refused = 0;
        for (long seed = first; seed < first + count; seed++) {
            try {
                refused += flipOne(seed) ? 0 : 1;
            } catch (Exception | AssertionError failed) {
                throw new AssertionError("replay with -Dneedlefs.crash.seed=" + seed, failed);
            }
        }
        System.out.println("WholeStackDamageTest: " + refused + " of " + count + " damages kept it from opening");
        assertThat(refused).as("damages that keep everything from being read").isLessThan((int) count);
    }

    /** False if the filesystem could not be opened. */
    private boolean flipOne(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (CrashMachine machine = new CrashMachine(directory.resolve("seed-" + seed), seed)) {
            History history = new History(Tree.EMPTY);
            machine.open(history);
            new Script(seed, machine, history).run(STEPS);
            if (random.nextBoolean()) {
                machine.shutDown();
            }
            if (random.nextBoolean()) {
                machine.kill();
            } else {
                machine.powerCut();
            }
            flip(random.nextBoolean() ? machine.log() : machine.containers(), random);
            try {
                machine.open(new History(Tree.EMPTY));
            } catch (IOException refusal) {
                assertThat(refusal.getMessage()).isNotBlank();
                return false;
            }
            machine.readableTree()
                    .nodes()
                    .forEach((path, node) -> assertThat(history.everHeld(node))
                            .as("%s is what some file was at some moment: %s", path, node)
                            .isTrue());
            return true;
        }
    }

    private static void flip(SimulatedDisk disk, SplittableRandom random) throws IOException {
        List<String> names =
                disk.list().stream().filter(name -> disk.sizeBytes(name) > 0).toList();
        String name = names.get(random.nextInt(names.size()));
        long offsetBytes = 0;
        try (DiskFile file = disk.open(name)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            // Most of a file may be empty yet: nobody would notice anything there.
            for (int attempt = 0; attempt < TRIES && one.get(0) == 0; attempt++) {
                offsetBytes = random.nextLong(disk.sizeBytes(name));
                int count = file.read(offsetBytes, one.clear());
                assertThat(count).isEqualTo(1);
            }
        }
        disk.flipBit(name, offsetBytes, random.nextInt(8));
    }
}
