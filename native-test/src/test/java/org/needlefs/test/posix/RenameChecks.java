package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import org.needlefs.test.posix.Checks.Ability;

/** rename(2) and renameat2(2). */
final class RenameChecks {
    private RenameChecks() {}

    static void addTo(Checks checks) {
        pairs(checks);
        consequences(checks);
        flags(checks);
        permissions(checks);
    }

    private static void pairs(Checks checks) {
        String[] kinds = {"none", "file", "symlink", "fifo", "empty", "full"};
        for (String from : kinds) {
            for (String to : kinds) {
                long expected = pairResult(from, to, 0);
                checks.check("rename %s over %s: %s".formatted(from, to, expected), at -> {
                    make(at, from, "a");
                    make(at, to, "b");
                    long moved = at.root.status("a").inode();
                    is(expected, at.root.rename("a", "b"));
                    if (expected == 0) {
                        is(moved, at.status("b").inode());
                        is(-ENOENT, at.root.status("a").error());
                    }
                });
                for (int flag : new int[] {RENAME_NOREPLACE, RENAME_EXCHANGE}) {
                    long flagged = pairResult(from, to, flag);
                    String text = "rename %s and %s with flag %d: %s".formatted(from, to, flag, flagged);
                    checks.checkIf(Ability.RENAME_FLAGS, text, at -> {
                        make(at, from, "a");
                        make(at, to, "b");
                        long first = at.root.status("a").inode();
                        long second = at.root.status("b").inode();
                        is(flagged, at.root.rename("a", "b", flag));
                        boolean swapped = flagged == 0 && flag == RENAME_EXCHANGE;
                        is(flagged == 0 ? first : second, at.root.status("b").inode());
                        is(
                                swapped ? second : flagged == 0 ? 0 : first,
                                at.root.status("a").inode());
                    });
                }
            }
        }
    }

    private static long pairResult(String from, String to, int flag) {
        if (from.equals("none")) {
            return -ENOENT;
        }
        if (flag == RENAME_NOREPLACE) {
            return to.equals("none") ? 0 : -EEXIST;
        }
        if (flag == RENAME_EXCHANGE) {
            return to.equals("none") ? -ENOENT : 0;
        }
        boolean fromDirectory = from.equals("empty") || from.equals("full");
        boolean toDirectory = to.equals("empty") || to.equals("full");
        if (to.equals("none") || (!fromDirectory && !toDirectory)) {
            return 0;
        }
        if (fromDirectory != toDirectory) {
            return fromDirectory ? -ENOTDIR : -EISDIR;
        }
        return to.equals("full") ? -ENOTEMPTY : 0;
    }

    private static void make(Place at, String kind, String name) {
        switch (kind) {
            case "none" -> {}
            case "file" -> at.file(name, kind);
            case "symlink" -> at.symlink("nowhere", name);
            case "fifo" -> succeeds(at.root.mknod(name, S_IFIFO | 0644, 0));
            case "empty" -> at.directory(name);
            case "full" -> at.file(at.directory(name) + "/entry");
            default -> throw new IllegalArgumentException(kind);
        }
    }

    private static void consequences(Checks checks) {
        checks.check("a directory into itself or below: EINVAL", at -> {
            at.directory("d");
            at.directory("d/e");
            is(-EINVAL, at.root.rename("d", "d/x"));
            is(-EINVAL, at.root.rename("d", "d/e/x"));
            is(-ENOTEMPTY, at.root.rename("d/e", "d"));
        });
        checks.check("'.' and '..': EBUSY", at -> {
            at.directory("d");
            is(-EBUSY, at.root.rename("d/.", "e"));
            is(-EBUSY, at.root.rename("d", "d/.."));
        });
        checks.check("two names of one file: nothing happens", at -> {
            succeeds(at.root.link(at.file("f"), "g"), at.root.rename("f", "g"), at.root.rename("f", "f"));
            is(2, at.status("f").links());
            is(2, at.root.list(".").get().size());
        });
        checks.check("a trailing slash is for directories only", at -> {
            is(-ENOTDIR, at.root.rename(at.file("f") + "/", "g"));
            is(-ENOTDIR, at.root.rename("f", "g/"));
            succeeds(at.root.rename(at.directory("d") + "/", "e/"));
        });
        checks.check("a moved directory has a new parent and the old one a link less", at -> {
            at.directory("one");
            at.directory("two");
            at.file(at.directory("one/d") + "/f", "text");
            succeeds(at.root.rename("one/d", "two/e"));
            is(at.status("two").inode(), at.root.statusFollowed("two/e/..").inode());
            is(2, at.status("one").links());
            is(3, at.status("two").links());
            assertThat(at.content("two/e/f")).isEqualTo("text");
        });
        checks.check("a replaced file loses a link, open it lives on", at -> {
            at.file("a", "new");
            int old = at.openFile("b", "old");
            succeeds(at.root.link("b", "c"), at.root.rename("a", "b"));
            is(1, at.root.status(old).links());
            succeeds(at.root.unlink("c"));
            is(0, at.root.status(old).links());
            assertThat(at.root.bytes(old, 0, 9)).isEqualTo(Place.bytes("old"));
        });
        checks.check("what is open can be renamed and written on", at -> {
            int file = at.openFile("f", "one");
            succeeds(at.root.rename("f", "g"));
            is(4, at.root.pwrite(file, Place.bytes(" two"), 3));
            assertThat(at.content("g")).isEqualTo("one two");
        });
        checks.check("a symlink is renamed itself and replaced itself", at -> {
            at.symlink(at.file("f", "text"), "s");
            succeeds(at.root.rename("s", "t"), at.root.rename(at.file("new", "new"), "t"));
            assertThat(at.content("f")).isEqualTo("text");
            assertThat(at.status("t").isFile()).isTrue();
        });
    }

    private static void flags(Checks checks) {
        checks.check("renameat2 with both flags or unknown ones: EINVAL", at -> {
            at.file("f");
            is(-EINVAL, at.root.rename("f", at.file("g"), RENAME_NOREPLACE | RENAME_EXCHANGE));
            is(-EINVAL, at.root.rename("f", "g", 1 << 20));
        });
        checks.checkIf(Ability.RENAME_FLAGS, "exchange of directories swaps their parents", at -> {
            at.directory("one");
            at.directory("two");
            at.directory("one/d");
            at.file("two/f");
            succeeds(at.root.rename("one/d", "two/f", RENAME_EXCHANGE));
            is(2, at.status("one").links());
            is(3, at.status("two").links());
            is(at.status("two").inode(), at.root.statusFollowed("two/f/..").inode());
        });
        checks.checkIf(Ability.RENAME_FLAGS, "exchange with what is above: EINVAL", at -> {
            at.directory(at.directory("d") + "/e");
            is(-EINVAL, at.root.rename("d", "d/e", RENAME_EXCHANGE));
            is(-EINVAL, at.root.rename("d/e", "d", RENAME_EXCHANGE));
        });
    }

    private static void permissions(Checks checks) {
        checks.check("moving a directory to another parent needs to write it", at -> {
            at.directory("to", 0777, 0, 0);
            at.directory("from", 0777, 0, 0);
            at.directory("from/d", 0755, 0, 0);
            is(-EACCES, at.user.rename("from/d", "to/d"));
            is(0, at.user.rename("from/d", "from/e"));
        });
    }
}
