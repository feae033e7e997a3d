package org.needlefs.test.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_WRONLY;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.EmbeddedMount;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;

/**
 * Three rounds of many small files and much data, written and read back: the daemon's resident memory is reported and
 * must not grow from the second to the third, by when all that is bounded has reached its bound.
 */
final class MemoryIT {
    private static final int FILES_PER_DIRECTORY = 10_000;
    private static final int SMALL_BYTES = 100;
    private static final int LARGE_BYTES = 64 << 20;
    private static final int PIECE_BYTES = 1 << 20;

    /** What a garbage collector may leave lying around more in one round than in another. */
    private static final long SLACK_BYTES = 160L << 20;

    @Test
    void memoryDoesNotGrowWithTwentyThousandFiles() {
        rounds(
                Integer.getInteger("needlefs.memory.files", 20_000),
                Integer.getInteger("needlefs.memory.mebibytes", 512));
    }

    @Test
    @Tag("full")
    void memoryDoesNotGrowWithTwoMillionFilesAndTwentyGibibytes() {
        rounds(2_000_000, 20 * 1024);
    }

    private static void rounds(int files, int mebibytes) {
        assumeFalse(TestFileSystem.isLocal(), "the local disk has no daemon to measure");
        try (TestFileSystem opened = TestFileSystem.open()) {
            EmbeddedMount mount = (EmbeddedMount) opened;
            long[] residentBytes = new long[4];
            residentBytes[0] = mount.residentBytes();
            for (int round = 1; round <= 3; round++) {
                round(mount.calls(), "round" + round, files / 3, mebibytes / 3);
                residentBytes[round] = mount.residentBytes();
                System.out.printf("MemoryIT: round %d, resident %d MiB%n", round, residentBytes[round] >> 20);
            }
            assertThat(residentBytes[3])
                    .as("resident bytes after rounds 0 to 3: %s", Arrays.toString(residentBytes))
                    .isLessThan(residentBytes[2] + SLACK_BYTES);
        }
    }

    private static void round(LinuxCalls calls, String directory, int files, int mebibytes) {
        LinuxCalls.done("mkdir", calls.mkdir(directory, 0755));
        LinuxCalls here = calls.in(directory);
        for (int number = 0; number < files; number++) {
            if (number % FILES_PER_DIRECTORY == 0) {
                LinuxCalls.done("mkdir", here.mkdir("d" + number / FILES_PER_DIRECTORY, 0755));
            }
            write(here, smallName(number), number, SMALL_BYTES);
        }
        int large = Math.max(1, mebibytes / (LARGE_BYTES >> 20));
        for (int number = 0; number < large; number++) {
            write(here, "large" + number, number, LARGE_BYTES);
        }
        for (int number = 0; number < files; number++) {
            assertContent(here, smallName(number), number, SMALL_BYTES);
        }
        for (int number = 0; number < large; number++) {
            assertContent(here, "large" + number, number, LARGE_BYTES);
        }
    }

    private static String smallName(int number) {
        return "d" + number / FILES_PER_DIRECTORY + "/f" + number;
    }

    private static void write(LinuxCalls calls, String name, int seed, int size) {
        int file = calls.opened(name, O_CREAT | O_WRONLY, 0644);
        SplittableRandom random = new SplittableRandom(seed);
        for (int offset = 0; offset < size; offset += PIECE_BYTES) {
            byte[] piece = new byte[Math.min(PIECE_BYTES, size - offset)];
            random.nextBytes(piece);
            assertThat(calls.pwrite(file, piece, offset)).isEqualTo(piece.length);
        }
        LinuxCalls.done("close", calls.close(file));
    }

    private static void assertContent(LinuxCalls calls, String name, int seed, int size) {
        int file = calls.opened(name, 0, 0);
        SplittableRandom random = new SplittableRandom(seed);
        for (int offset = 0; offset < size; offset += PIECE_BYTES) {
            byte[] piece = new byte[Math.min(PIECE_BYTES, size - offset)];
            random.nextBytes(piece);
            if (!Arrays.equals(calls.bytes(file, offset, piece.length), piece)) {
                throw new AssertionError(name + " is not what was written at " + offset);
            }
        }
        LinuxCalls.done("close", calls.close(file));
    }
}
