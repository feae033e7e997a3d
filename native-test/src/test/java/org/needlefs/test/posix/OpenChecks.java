package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import org.needlefs.test.posix.Checks.Ability;
import org.needlefs.test.system.FileStatus;

/** open(2), read(2), write(2), lseek(2), copy_file_range(2), mmap(2). */
final class OpenChecks {
    private OpenChecks() {}

    static void addTo(Checks checks) {
        flags(checks);
        access(checks);
        positions(checks);
        nameless(checks);
        copies(checks);
    }

    private static void flags(Checks checks) {
        checks.check("open of nothing: ENOENT", at -> is(-ENOENT, at.root.open("none", O_RDONLY, 0)));
        checks.check("O_EXCL of what is there: EEXIST", at -> {
            is(-EEXIST, at.root.open(at.file("f"), O_CREAT | O_EXCL | O_WRONLY, 0644));
            is(-EEXIST, at.root.open(at.directory("d"), O_CREAT | O_EXCL | O_RDONLY, 0644));
            is(-EEXIST, at.root.open(at.symlink("none", "s"), O_CREAT | O_EXCL | O_RDONLY, 0644));
        });
        checks.check("O_CREAT through a symlink makes its target", at -> {
            at.open(at.symlink("made", "s"), O_CREAT | O_WRONLY);
            assertThat(at.status("made").isFile()).isTrue();
        });
        checks.check("a directory opened for writing, O_CREAT or O_TRUNC: EISDIR", at -> {
            String directory = at.directory("d");
            for (int flags : new int[] {O_WRONLY, O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC}) {
                is(-EISDIR, at.root.open(directory, flags, 0644));
            }
        });
        checks.check("O_DIRECTORY of a file: ENOTDIR", at -> is(-ENOTDIR, at.root.open(at.file("f"), O_DIRECTORY, 0)));
        checks.check("O_NOFOLLOW of a symlink: ELOOP", at -> {
            is(-ELOOP, at.root.open(at.symlink(at.file("f"), "s"), O_NOFOLLOW, 0));
        });
        checks.check("a trailing slash on a file: ENOTDIR, on a new name: EISDIR", at -> {
            is(-ENOTDIR, at.root.open(at.file("f") + "/", O_RDONLY, 0));
            is(-EISDIR, at.root.open("new/", O_CREAT | O_WRONLY, 0644));
        });
        checks.check("O_TRUNC empties, O_CREAT does not touch the mode of what is there", at -> {
            at.open(at.file("f", 0600, 0, 0), O_CREAT | O_WRONLY | O_TRUNC);
            is(0, at.status("f").size());
            is(0600, at.mode("f"));
        });
        checks.check("O_CREAT takes the mode but for the umask", at -> {
            for (int mode : new int[] {0777, 0666, 0600, 0, 04777, 01666}) {
                at.descriptor(at.root.open("f" + mode, O_CREAT | O_WRONLY, mode));
                is(mode & ~022, at.mode("f" + mode));
            }
        });
        checks.check("a new file with a mode that forbids it can be written by its maker", at -> {
            int file = at.descriptor(at.user.open("f", O_CREAT | O_RDWR, 0));
            is(4, at.user.write(file, Place.bytes("text")));
            is(-EACCES, at.user.open("f", O_RDONLY, 0));
        });
        checks.check("reading what is open for writing and the reverse: EBADF", at -> {
            int reader = at.open(at.file("f", "text"), O_RDONLY);
            int writer = at.open("f", O_WRONLY);
            is(-EBADF, at.root.write(reader, new byte[1]));
            is(-EBADF, at.root.pread(writer, new byte[1], 0));
        });
        checks.check("reading a directory: EISDIR", at -> {
            is(-EISDIR, at.root.read(at.open(at.directory("d"), O_RDONLY), new byte[1]));
        });
        checks.check("O_PATH needs no permission and reads nothing", at -> {
            int file = at.descriptor(at.user.open(at.file("f", 0, 0, 0), O_PATH, 0));
            is(-EBADF, at.user.read(file, new byte[1]));
            is(0, at.root.status(file).error());
        });
        checks.check("an open file outlives its name", at -> {
            int file = at.openFile("f", "text");
            succeeds(at.root.unlink("f"));
            is(0, at.root.status(file).links());
            is(5, at.root.pwrite(file, Place.bytes(" more"), 4));
            is(9, at.root.status(file).size());
            succeeds(at.root.ftruncate(file, 6), at.root.fchmod(file, 0600), at.root.fsync(file));
            assertThat(at.root.bytes(file, 0, 100)).isEqualTo(Place.bytes("text m"));
            is(0600, at.root.status(file).permissions());
            is(-ENOENT, at.root.status("f").error());
        });
        checks.check("an open file stays itself when another takes its name", at -> {
            int old = at.openFile("f", "old");
            succeeds(at.root.rename(at.file("g", "new"), "f"));
            assertThat(at.root.bytes(old, 0, 9)).isEqualTo(Place.bytes("old"));
            assertThat(at.content("f")).isEqualTo("new");
            assertThat(at.root.status(old).inode()).isNotEqualTo(at.status("f").inode());
        });
        checks.check("O_SYNC, O_DSYNC, fsync and fdatasync of files and directories succeed", at -> {
            int file = at.open("f", O_CREAT | O_WRONLY | O_SYNC);
            int data = at.open("g", O_CREAT | O_WRONLY | O_DSYNC);
            is(1, at.root.write(file, new byte[1]));
            is(1, at.root.write(data, new byte[1]));
            is(0, at.root.fsync(file));
            is(0, at.root.fdatasync(data));
            is(0, at.root.fsync(at.open(at.directory("d"), O_RDONLY)));
        });
    }

    private static void access(Checks checks) {
        String[] who = {"owner", "group", "others"};
        for (int whose = 0; whose < who.length; whose++) {
            for (int bits = 0; bits < 8; bits++) {
                int mode = bits << (6 - 3 * whose);
                int uid = whose == 0 ? Place.USER : 0;
                int gid = whose == 1 ? Place.TEAM : 0;
                int allowed = bits;
                checks.check("mode %04o decides what %s may".formatted(mode, who[whose]), at -> {
                    String file = at.file("f", mode, uid, gid);
                    is((allowed & R_OK) != 0 ? 0 : -EACCES, opens(at, file, O_RDONLY));
                    is((allowed & W_OK) != 0 ? 0 : -EACCES, opens(at, file, O_WRONLY));
                    is((allowed & 6) == 6 ? 0 : -EACCES, opens(at, file, O_RDWR));
                    is((allowed & X_OK) != 0 ? 0 : -EACCES, at.user.access(file, X_OK));
                });
            }
        }
        checks.check("the group's bits count for a member even where others may more", at -> {
            is(-EACCES, at.user.open(at.file("f", 0007, 0, Place.TEAM), O_RDONLY, 0));
        });
        checks.check("listing needs r, using needs x", at -> {
            String directory = at.directory("d", 0755, Place.USER, Place.USER);
            at.file(directory + "/f");
            succeeds(at.root.chmod(directory, 0300));
            is(-EACCES, at.user.list(directory).error());
            is(0, at.user.status(directory + "/f").error());
            succeeds(at.root.chmod(directory, 0400));
            is(-EACCES, at.user.status(directory + "/f").error());
        });
    }

    private static long opens(Place at, String file, int flags) {
        long result = at.user.open(file, flags, 0);
        return result < 0 ? result : at.root.close((int) result);
    }

    private static void positions(Checks checks) {
        checks.check("reading at and behind the end: 0 bytes", at -> {
            int file = at.openFile("f", "text");
            is(2, at.root.pread(file, new byte[10], 2));
            is(0, at.root.pread(file, new byte[10], 4));
            is(0, at.root.pread(file, new byte[10], 1L << 40));
        });
        checks.check("a negative offset: EINVAL", at -> {
            int file = at.openFile("f", "text");
            is(-EINVAL, at.root.pread(file, new byte[1], -1));
            is(-EINVAL, at.root.pwrite(file, new byte[1], -1));
            is(-EINVAL, at.root.seek(file, -1, SEEK_SET));
        });
        checks.check("lseek counts from start, position and end, and may go behind it", at -> {
            int file = at.openFile("f", "0123456789");
            is(3, at.root.seek(file, 3, SEEK_SET));
            is(5, at.root.seek(file, 2, SEEK_CUR));
            is(8, at.root.seek(file, -2, SEEK_END));
            is(1L << 33, at.root.seek(file, 1L << 33, SEEK_SET));
            is(10, at.status("f").size());
        });
        checks.check("writing behind the end leaves zeros between", at -> {
            int file = at.openFile("f", "a");
            is(1, at.root.pwrite(file, Place.bytes("z"), 5));
            assertThat(at.root.bytes(file, 0, 10)).containsExactly('a', 0, 0, 0, 0, 'z');
        });
        checks.check("O_APPEND writes at the end wherever the position is", at -> {
            int file = at.open(at.file("f", "12"), O_WRONLY | O_APPEND);
            int second = at.open("f", O_WRONLY | O_APPEND);
            is(0, at.root.seek(file, 0, SEEK_SET));
            is(1, at.root.write(file, Place.bytes("3")));
            is(1, at.root.write(second, Place.bytes("4")));
            is(1, at.root.pwrite(file, Place.bytes("5"), 0));
            assertThat(at.content("f")).isEqualTo("12345");
        });
        checks.check("RWF_APPEND writes one piece at the end", at -> {
            int file = at.openFile("f", "12");
            is(1, at.root.pwriteWith(file, Place.bytes("3"), 0, RWF_APPEND));
            is(1, at.root.pwriteWith(file, Place.bytes("x"), 0, RWF_DSYNC));
            assertThat(at.content("f")).isEqualTo("x23");
        });
        checks.check("what is written is seen at once through any other descriptor", at -> {
            int writer = at.openFile("f", "");
            int reader = at.open("f", O_RDONLY);
            is(4, at.root.write(writer, Place.bytes("text")));
            is(4, at.status("f").size());
            assertThat(at.root.bytes(reader, 0, 9)).isEqualTo(Place.bytes("text"));
        });
        checks.check("a file may be larger than 4 GiB and 1 TiB", at -> {
            int file = at.openFile("f", "");
            for (long offset : new long[] {(1L << 32) + 1, (1L << 40) + 1}) {
                is(3, at.root.pwrite(file, Place.bytes("end"), offset));
                is(offset + 3, at.status("f").size());
                assertThat(at.root.bytes(file, offset, 9)).isEqualTo(Place.bytes("end"));
            }
        });
        checks.check("ioctl that is unknown: ENOTTY", at -> is(-ENOTTY, at.root.ioctl(at.openFile("f", ""), 0x5401)));
    }

    private static void nameless(Checks checks) {
        checks.checkIf(Ability.NAMELESS_FILES, "O_TMPFILE makes a file without a name, linkat gives it one", at -> {
            int file = at.descriptor(at.root.open(".", O_TMPFILE | O_RDWR, 0640));
            FileStatus status = at.root.status(file);
            is(0, status.links());
            is(0640, status.permissions());
            is(4, at.root.write(file, Place.bytes("text")));
            is(0, at.root.list(".").get().size());
            is(0, at.root.linkOpen(file, "named"));
            is(1, at.root.status(file).links());
            assertThat(at.content("named")).isEqualTo("text");
        });
        checks.checkIf(Ability.NAMELESS_FILES, "O_TMPFILE with O_EXCL can't be linked: ENOENT", at -> {
            int file = at.descriptor(at.root.open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640));
            is(-ENOENT, at.root.linkOpen(file, "named"));
        });
        checks.check("O_TMPFILE for reading: EINVAL", at -> is(-EINVAL, at.root.open(".", O_TMPFILE, 0644)));
    }

    private static void copies(Checks checks) {
        checks.check("copy_file_range copies up to the end and says how much", at -> {
            int source = at.openFile("f", "0123456789");
            int target = at.openFile("g", "abc");
            is(5, at.root.copyRange(source, 5, target, 2, 100));
            is(0, at.root.copyRange(source, 10, target, 2, 100));
            assertThat(at.content("g")).isEqualTo("ab56789");
        });
        checks.check("copy_file_range within a file; if the ranges overlap: EINVAL", at -> {
            int file = at.openFile("f", "0123456789");
            is(3, at.root.copyRange(file, 0, file, 10, 3));
            is(-EINVAL, at.root.copyRange(file, 0, file, 2, 5));
            assertThat(at.content("f")).isEqualTo("0123456789012");
        });
        checks.check("copy_file_range checks how both are open", at -> {
            int source = at.openFile("f", "0123456789");
            is(-EBADF, at.root.copyRange(at.open("f", O_WRONLY), 0, at.open("g", O_CREAT | O_RDWR), 0, 1));
            is(-EBADF, at.root.copyRange(source, 0, at.open("g", O_RDONLY), 0, 1));
            is(-EBADF, at.root.copyRange(source, 0, at.open("g", O_WRONLY | O_APPEND), 0, 1));
            is(-EISDIR, at.root.copyRange(at.open(at.directory("d"), O_RDONLY), 0, at.open("g", O_WRONLY), 0, 1));
        });
    }
}
