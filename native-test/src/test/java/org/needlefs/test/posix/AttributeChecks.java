package org.needlefs.test.posix;

import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.util.function.Consumer;
import org.needlefs.test.system.FileStatus;

/** chmod(2), chown(2), utimensat(2), and which times a call must and must not change. */
final class AttributeChecks {
    private AttributeChecks() {}

    static void addTo(Checks checks) {
        modes(checks);
        owners(checks);
        explicitTimes(checks);
        changedTimes(checks);
    }

    private static void modes(Checks checks) {
        for (int mode : new int[] {0, 0644, 0777, 01777, 02755, 04755, 07777}) {
            checks.check("chmod %04o of files and directories".formatted(mode), at -> {
                succeeds(at.root.chmod(at.file("f"), mode), at.root.chmod(at.directory("d"), mode));
                is(mode, at.mode("f"));
                is(mode, at.mode("d"));
                is(S_IFREG, at.status("f").type());
            });
        }
        checks.check("chmod follows symlinks", at -> {
            succeeds(at.root.chmod(at.symlink(at.file("f"), "s"), 0600));
            is(0600, at.mode("f"));
            is(0777, at.mode("s"));
        });
        checks.check("chmod of another's file: EPERM", at -> is(-EPERM, at.user.chmod(at.file("f"), 0777)));
        checks.check("chmod by who is not in the group drops set-group-id", at -> {
            succeeds(at.user.chmod(at.file("f", 0755, Place.USER, 9), 02755));
            is(0755, at.mode("f"));
            succeeds(at.user.chmod(at.file("g", 0755, Place.USER, Place.TEAM), 02755));
            is(02755, at.mode("g"));
        });
        checks.check("writing by a user drops setuid and setgid, by root not", at -> {
            int byRoot = at.open(at.file("f", 06777, 0, 0), O_WRONLY);
            is(1, at.root.write(byRoot, new byte[1]));
            is(06777, at.mode("f"));
            int byUser = at.descriptor(at.user.open("f", O_WRONLY, 0));
            is(1, at.user.write(byUser, new byte[1]));
            is(0777, at.mode("f"));
        });
        checks.check("truncating by a user drops setuid and setgid", at -> {
            succeeds(at.user.truncate(at.file("f", 06777, 0, 0), 1));
            is(0777, at.mode("f"));
        });
    }

    private static void owners(Checks checks) {
        checks.check("chown sets what is not -1", at -> {
            succeeds(at.root.chown(at.file("f"), 11, 22), at.root.chown("f", -1, 33), at.root.chown("f", 44, -1));
            is(44, at.status("f").uid());
            is(33, at.status("f").gid());
        });
        checks.check("large user numbers survive", at -> {
            succeeds(at.root.chown(at.file("f"), 0x7ffffffe, 0xfffffffe));
            is(0x7ffffffe, at.status("f").uid());
            is(0xfffffffe, at.status("f").gid());
        });
        checks.check("chown follows symlinks, lchown doesn't", at -> {
            at.symlink(at.file("f"), "s");
            succeeds(at.root.chown("s", 7, 7), at.root.lchown("s", 8, 8));
            is(7, at.status("f").uid());
            is(8, at.status("s").uid());
        });
        checks.check("giving a file away: EPERM; to a group one is in: fine", at -> {
            at.file("f", 0644, Place.USER, Place.USER);
            is(-EPERM, at.user.chown("f", Place.OTHER, -1));
            is(-EPERM, at.user.chown("f", -1, 9));
            succeeds(at.user.chown("f", -1, Place.TEAM));
            is(Place.TEAM, at.status("f").gid());
        });
        checks.check("chown drops setuid, and setgid where the group runs", at -> {
            succeeds(at.root.chown(at.file("f", 06755, 0, 0), 1, 1));
            is(0755, at.mode("f"));
            succeeds(at.root.chown(at.directory("d", 06755, 0, 0), 1, 1));
            is(06755, at.mode("d"));
            at.file("g", 06755, Place.USER, Place.USER);
            succeeds(at.user.chown("g", -1, Place.TEAM));
            is(0755, at.mode("g"));
        });
    }

    private static void explicitTimes(Checks checks) {
        long[][] moments = {
            {0, 0}, {1, 999_999_999}, {-1, 500_000_000}, {2_147_483_647, 1}, {2_147_483_648L, 2}, {-86_400, 0}
        };
        for (long[] moment : moments) {
            checks.check("utimensat to %d.%09d".formatted(moment[0], moment[1]), at -> {
                succeeds(at.root.setTimes(at.file("f"), moment[0], moment[1], moment[0] + 1, moment[1]));
                is(moment[0] * 1_000_000_000L + moment[1], at.status("f").accessNanos());
                is((moment[0] + 1) * 1_000_000_000L + moment[1], at.status("f").modifyNanos());
            });
        }
        checks.check("UTIME_OMIT leaves a time", at -> {
            succeeds(at.root.setTimes(at.file("f"), 1, 1, 2, 2), at.root.setTimes("f", 5, UTIME_OMIT, 6, 6));
            is(1_000_000_001, at.status("f").accessNanos());
            is(6_000_000_006L, at.status("f").modifyNanos());
            succeeds(at.root.setTimes("f", 7, 7, 8, UTIME_OMIT));
            is(7_000_000_007L, at.status("f").accessNanos());
            is(6_000_000_006L, at.status("f").modifyNanos());
        });
        checks.check("UTIME_NOW sets the present", at -> {
            long before = System.currentTimeMillis() / 1000 * 1_000_000_000L - 1_000_000_000L;
            succeeds(at.root.setTimes(at.file("f"), 1, 1, 2, 2), at.root.setTimes("f", 0, UTIME_NOW, 0, UTIME_NOW));
            is(1, at.status("f").accessNanos() > before ? 1 : 0);
            is(1, at.status("f").modifyNanos() > before ? 1 : 0);
        });
        checks.check("nanoseconds out of range: EINVAL", at -> {
            is(-EINVAL, at.root.setTimes(at.file("f"), 1, 1_000_000_000, 1, 0));
            is(-EINVAL, at.root.setTimes("f", 1, -1, 1, 0));
        });
        checks.check("whose file it is may set any time, who may write it only the present", at -> {
            at.file("f", 0666, Place.USER, Place.USER);
            succeeds(at.user.setTimes("f", 1, 0, 1, 0));
            is(-EPERM, at.other.setTimes("f", 1, 0, 1, 0));
            succeeds(at.other.setTimes("f", 0, UTIME_NOW, 0, UTIME_NOW));
            succeeds(at.root.chmod("f", 0644));
            is(-EACCES, at.other.setTimes("f", 0, UTIME_NOW, 0, UTIME_NOW));
        });
        checks.check("times set on an open file stay when it is closed", at -> {
            int file = at.root.opened("f", O_CREAT | O_WRONLY, 0644);
            is(4, at.root.write(file, Place.bytes("text")));
            succeeds(at.root.futimens(file, 1, 0, 2, 3), at.root.close(file));
            is(2_000_000_003L, at.status("f").modifyNanos());
        });
    }

    /** A call, and which of (m)odify and (c)hange time of file "d/f" and of its directory "d" it must change. */
    private record Timed(String call, String file, String directory, Consumer<Place> body) {}

    private static void changedTimes(Checks checks) {
        Timed[] table = {
            new Timed("stat", "", "", at -> at.status("d/f")),
            new Timed("read", "", "", at -> at.content("d/f")),
            new Timed("readdir", "", "", at -> succeeds(at.root.list("d").error())),
            new Timed("open for writing", "", "", at -> at.open("d/f", O_RDWR)),
            new Timed("open with O_CREAT", "", "", at -> at.open("d/f", O_RDWR | O_CREAT)),
            new Timed("write", "mc", "", at -> succeeds(at.root.write(at.open("d/f", O_WRONLY), new byte[1]))),
            new Timed("truncate", "mc", "", at -> succeeds(at.root.truncate("d/f", 2))),
            new Timed("truncate to a larger size", "mc", "", at -> succeeds(at.root.truncate("d/f", 99))),
            new Timed("ftruncate", "mc", "", at -> succeeds(at.root.ftruncate(at.open("d/f", O_RDWR), 1))),
            new Timed("open with O_TRUNC", "mc", "", at -> at.open("d/f", O_WRONLY | O_TRUNC)),
            new Timed("fallocate", "mc", "", at -> succeeds(at.root.fallocate(at.open("d/f", O_RDWR), 0, 0, 9000))),
            new Timed("chmod", "c", "", at -> succeeds(at.root.chmod("d/f", 0600))),
            new Timed("chown", "c", "", at -> succeeds(at.root.chown("d/f", 1, 1))),
            new Timed("setxattr", "c", "", at -> succeeds(at.root.setXattr("d/f", "user.a", new byte[1], 0))),
            new Timed("link", "c", "mc", at -> succeeds(at.root.link("d/f", "d/g"))),
            new Timed("link from elsewhere", "c", "", at -> succeeds(at.root.link("d/f", "g"))),
            new Timed(
                    "rename within",
                    "c",
                    "mc",
                    at -> succeeds(at.root.rename("d/f", "d/g"), at.root.link("d/g", "d/f"))),
            new Timed("mkdir in it", "", "mc", at -> succeeds(at.root.mkdir("d/e", 0755))),
            new Timed("create in it", "", "mc", at -> at.file("d/g")),
            new Timed("symlink in it", "", "mc", at -> at.symlink("x", "d/g")),
            new Timed("mknod in it", "", "mc", at -> succeeds(at.root.mknod("d/g", S_IFIFO | 0644, 0))),
            new Timed("unlink in it", "", "mc", at -> succeeds(at.root.unlink("d/spare"))),
            new Timed("rmdir in it", "", "mc", at -> succeeds(at.root.rmdir("d/empty"))),
            new Timed("rename out of it", "", "mc", at -> succeeds(at.root.rename("d/spare", "x"))),
            new Timed("rename into it", "", "mc", at -> succeeds(at.root.rename("outside", "d/x"))),
            new Timed("chmod of the directory", "", "c", at -> succeeds(at.root.chmod("d", 0711))),
            new Timed("a failed mkdir", "", "", at -> is(-EEXIST, at.root.mkdir("d/f", 0755))),
            new Timed("a failed unlink", "", "", at -> is(-EISDIR, at.root.unlink("d/empty"))),
            new Timed("a failed chmod", "", "", at -> is(-EPERM, at.user.chmod("d/f", 0600))),
        };
        for (Timed row : table) {
            String text = "%s changes '%s' of the file and '%s' of its directory"
                    .formatted(row.call(), row.file(), row.directory());
            checks.check(text, at -> {
                at.directory("d");
                at.file("d/f", "text");
                at.file("d/spare");
                at.directory("d/empty");
                at.file("outside");
                FileStatus file = at.status("d/f");
                FileStatus directory = at.status("d");
                at.tick();
                row.body().accept(at);
                assertChanged("file " + row.file(), row.file(), file, at.status("d/f"));
                assertChanged("directory " + row.directory(), row.directory(), directory, at.status("d"));
            });
        }
        checks.check("unlink changes the change time of the file's other links", at -> {
            succeeds(at.root.link(at.file("f"), "g"));
            FileStatus before = at.status("g");
            at.tick();
            succeeds(at.root.unlink("f"));
            assertChanged("other link c", "c", before, at.status("g"));
        });
    }

    private static void assertChanged(String what, String expected, FileStatus before, FileStatus after) {
        String changed = (before.modifyNanos() < after.modifyNanos() ? "m" : "")
                + (before.changeNanos() < after.changeNanos() ? "c" : "");
        org.assertj.core.api.Assertions.assertThat(changed).as(what).isEqualTo(expected);
    }
}
