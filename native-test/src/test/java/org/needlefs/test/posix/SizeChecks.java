package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.util.Arrays;
import org.needlefs.test.posix.Checks.Ability;

/** truncate(2), fallocate(2), lseek(2) with SEEK_DATA and SEEK_HOLE, and the space that holes take. */
final class SizeChecks {
    private static final int MEBIBYTE = 1 << 20;
    private static final long CHUNK = 5L << 20;

    private SizeChecks() {}

    static void addTo(Checks checks) {
        truncation(checks);
        allocation(checks);
        holes(checks);
    }

    private static void truncation(Checks checks) {
        for (long size : new long[] {0, 1, 4095, 4096, 4097, CHUNK - 1, CHUNK, CHUNK + 1}) {
            checks.check("truncate to %d and back leaves zeros".formatted(size), at -> {
                int file = at.openFile("f", "");
                byte[] ones = new byte[(int) CHUNK + 5000];
                Arrays.fill(ones, (byte) 1);
                is(ones.length, at.root.pwrite(file, ones, 0));
                succeeds(at.root.truncate("f", size));
                is(size, at.status("f").size());
                is(0, at.root.pread(file, new byte[1], size));
                succeeds(at.root.ftruncate(file, ones.length));
                Arrays.fill(ones, (int) size, ones.length, (byte) 0);
                assertThat(Arrays.equals(at.root.bytes(file, 0, ones.length + 1), ones))
                        .isTrue();
            });
        }
        checks.check("truncate of a directory: EISDIR, a fifo: EINVAL, to less than nothing: EINVAL", at -> {
            is(-EISDIR, at.root.truncate(at.directory("d"), 0));
            succeeds(at.root.mknod("p", S_IFIFO | 0644, 0));
            is(-EINVAL, at.root.truncate("p", 0));
            is(-EINVAL, at.root.truncate(at.file("f"), -1));
        });
        checks.check("ftruncate of what is open for reading: EINVAL", at -> {
            is(-EINVAL, at.root.ftruncate(at.open(at.file("f"), O_RDONLY), 0));
        });
        checks.check("truncate needs the right to write", at -> {
            is(-EACCES, at.user.truncate(at.file("f", 0644, 0, 0), 0));
        });
    }

    private static void allocation(Checks checks) {
        checks.check("fallocate makes a file longer, never shorter", at -> {
            int file = at.openFile("f", "text");
            is(0, at.root.fallocate(file, 0, 2, 1000));
            is(1002, at.status("f").size());
            is(0, at.root.fallocate(file, 0, 0, 10));
            is(1002, at.status("f").size());
            assertThat(at.root.bytes(file, 0, 4)).isEqualTo(Place.bytes("text"));
        });
        checks.check("FALLOC_FL_KEEP_SIZE keeps the size", at -> {
            is(0, at.root.fallocate(at.openFile("f", "text"), FALLOC_FL_KEEP_SIZE, 0, 1000));
            is(4, at.status("f").size());
        });
        for (long offset : new long[] {0, 1, 4096, CHUNK - 10}) {
            checks.check("a hole punched at %d reads as zeros, the rest stays".formatted(offset), at -> {
                int file = at.openFile("f", "");
                byte[] ones = new byte[(int) CHUNK + 20_000];
                Arrays.fill(ones, (byte) 1);
                is(ones.length, at.root.pwrite(file, ones, 0));
                is(0, at.root.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, 10_000));
                Arrays.fill(ones, (int) offset, (int) offset + 10_000, (byte) 0);
                assertThat(Arrays.equals(at.root.bytes(file, 0, ones.length + 1), ones))
                        .isTrue();
            });
        }
        checks.check("a hole may reach behind the end", at -> {
            int file = at.openFile("f", "text");
            is(0, at.root.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 1L << 33));
            assertThat(at.root.bytes(file, 0, 9)).containsExactly('t', 'e', 0, 0);
        });
        checks.check("FALLOC_FL_ZERO_RANGE writes zeros and makes the file longer", at -> {
            int file = at.openFile("f", "text");
            is(0, at.root.fallocate(file, FALLOC_FL_ZERO_RANGE, 2, 4));
            assertThat(at.root.bytes(file, 0, 9)).containsExactly('t', 'e', 0, 0, 0, 0);
        });
        checks.check("fallocate of nothing or less: EINVAL, of what is open for reading: EBADF", at -> {
            int file = at.openFile("f", "text");
            is(-EINVAL, at.root.fallocate(file, 0, 0, 0));
            is(-EINVAL, at.root.fallocate(file, 0, -1, 5));
            is(-EBADF, at.root.fallocate(at.open("f", O_RDONLY), 0, 0, 5));
        });
        checks.check("a hole that changes the size: EOPNOTSUPP", at -> {
            is(-EOPNOTSUPP, at.root.fallocate(at.openFile("f", "text"), FALLOC_FL_PUNCH_HOLE, 0, 1));
        });
    }

    private static void holes(Checks checks) {
        checks.check("what was never written takes no space", at -> {
            int file = at.openFile("f", "");
            succeeds(at.root.ftruncate(file, 1L << 30));
            is(4096, at.root.pwrite(file, new byte[4096], 1L << 29));
            succeeds(at.root.fsync(file));
            assertThat(at.status("f").blocks() * 512).isBetween(4096L, 1L << 20);
        });
        checks.check("punching and truncating give space back", at -> {
            int file = at.openFile("f", "");
            byte[] ones = new byte[8 * MEBIBYTE];
            Arrays.fill(ones, (byte) 1);
            is(ones.length, at.root.pwrite(file, ones, 0));
            succeeds(at.root.fsync(file));
            assertThat(at.status("f").blocks() * 512).isGreaterThanOrEqualTo(ones.length);
            succeeds(at.root.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 6L * MEBIBYTE));
            assertThat(at.status("f").blocks() * 512).isBetween(2L * MEBIBYTE, 3L * MEBIBYTE);
            succeeds(at.root.ftruncate(file, 0));
            is(0, at.status("f").blocks());
        });
        checks.check("SEEK_DATA and SEEK_HOLE at and behind the end: ENXIO", at -> {
            int file = at.openFile("f", "text");
            is(-ENXIO, at.root.seek(file, 4, SEEK_DATA));
            is(-ENXIO, at.root.seek(file, 4, SEEK_HOLE));
            is(4, at.root.seek(file, 0, SEEK_HOLE));
            is(2, at.root.seek(file, 2, SEEK_DATA));
        });
        checks.checkIf(Ability.SEEK_HOLES, "SEEK_DATA and SEEK_HOLE find the stretches", at -> {
            int file = at.openFile("f", "");
            byte[] ones = new byte[MEBIBYTE];
            Arrays.fill(ones, (byte) 1);
            is(ones.length, at.root.pwrite(file, ones, 4L * MEBIBYTE));
            is(ones.length, at.root.pwrite(file, ones, 20L * MEBIBYTE));
            succeeds(at.root.ftruncate(file, 64L * MEBIBYTE), at.root.fsync(file));
            is(4L * MEBIBYTE, at.root.seek(file, 0, SEEK_DATA));
            is(5L * MEBIBYTE, at.root.seek(file, 4L * MEBIBYTE, SEEK_HOLE));
            is(20L * MEBIBYTE, at.root.seek(file, 5L * MEBIBYTE, SEEK_DATA));
            is(21L * MEBIBYTE, at.root.seek(file, 20L * MEBIBYTE, SEEK_HOLE));
            is(-ENXIO, at.root.seek(file, 21L * MEBIBYTE, SEEK_DATA));
            is(0, at.root.seek(file, 0, SEEK_HOLE));
        });
        checks.checkIf(Ability.SEEK_HOLES, "data that is not flushed yet is data for SEEK_DATA", at -> {
            int file = at.openFile("f", "");
            is(10, at.root.pwrite(file, new byte[10], 8L * MEBIBYTE));
            is(8L * MEBIBYTE, at.root.seek(file, 0, SEEK_DATA));
        });
    }
}
