package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import org.needlefs.test.system.FileStatus;

/** mkdir(2), rmdir(2), link(2), unlink(2), symlink(2), readlink(2), mknod(2). */
final class NameChecks {
    private NameChecks() {}

    static void addTo(Checks checks) {
        directories(checks);
        links(checks);
        symlinks(checks);
        nodes(checks);
    }

    private static void directories(Checks checks) {
        checks.check("mkdir takes the mode but for the umask; setuid and setgid don't count", at -> {
            for (int mode : new int[] {0777, 0700, 0, 01777, 06755}) {
                succeeds(at.root.mkdir("d" + mode, mode));
                is(mode & ~022 & 01777, at.mode("d" + mode));
            }
        });
        checks.check("mkdir of what is there: EEXIST, also of a symlink to nothing", at -> {
            is(-EEXIST, at.root.mkdir(at.file("f"), 0755));
            is(-EEXIST, at.root.mkdir(at.directory("d"), 0755));
            is(-EEXIST, at.root.mkdir(at.symlink("none", "s"), 0755));
            is(-EEXIST, at.root.mkdir("d/..", 0755));
        });
        checks.check("mkdir and rmdir take a trailing slash", at -> {
            succeeds(at.root.mkdir("d/", 0755));
            succeeds(at.root.rmdir("d/"));
        });
        checks.check("a directory in it counts as a link of a directory", at -> {
            String above = at.directory("d");
            is(2, at.status(above).links());
            succeeds(at.root.mkdir("d/one", 0755), at.root.mkdir("d/two", 0755));
            at.file("d/f");
            is(4, at.status(above).links());
            succeeds(at.root.rmdir("d/one"));
            is(3, at.status(above).links());
        });
        checks.check("rmdir of what has entries: ENOTEMPTY", at -> {
            at.file(at.directory("d") + "/f");
            is(-ENOTEMPTY, at.root.rmdir("d"));
        });
        checks.check("rmdir of a file or a symlink: ENOTDIR", at -> {
            is(-ENOTDIR, at.root.rmdir(at.file("f")));
            is(-ENOTDIR, at.root.rmdir(at.symlink(at.directory("d"), "s")));
        });
        checks.check("rmdir of '.': EINVAL, of '..': ENOTEMPTY", at -> {
            is(-EINVAL, at.root.rmdir(at.directory("d") + "/."));
            is(-ENOTEMPTY, at.root.rmdir(at.directory("e") + "/.."));
        });
        checks.check("nothing can be made in a directory that is removed: ENOENT", at -> {
            int directory = at.open(at.directory("d"), O_RDONLY);
            succeeds(at.root.rmdir("d"));
            is(-ENOENT, at.root.openAt(directory, "f", O_CREAT | O_WRONLY, 0644));
            is(-ENOENT, at.root.mkdirAt(directory, "e", 0755));
            is(0, at.root.status(directory).links());
            is(0, at.root.readDirectory(directory, 4096).entries().size());
        });
        checks.check("a new node belongs to its maker", at -> {
            succeeds(at.user.mkdir("d", 0755), at.user.symlink("x", "s"), at.user.mknod("p", S_IFIFO | 0600, 0));
            for (String name : new String[] {"d", "s", "p"}) {
                is(Place.USER, at.status(name).uid());
                is(Place.USER, at.status(name).gid());
            }
        });
        checks.check("a set-group-id directory hands its group down, and to directories the bit", at -> {
            at.directory("d", 02777, 0, Place.TEAM);
            succeeds(at.user.mkdir("d/e", 0755), at.user.mknod("d/f", S_IFREG | 0644, 0));
            is(Place.TEAM, at.status("d/e").gid());
            is(02755, at.mode("d/e"));
            is(Place.TEAM, at.status("d/f").gid());
            is(0644, at.mode("d/f"));
        });
    }

    private static void links(Checks checks) {
        checks.check("a hard link is the same file", at -> {
            succeeds(at.root.link(at.file("f", "text"), "g"));
            FileStatus first = at.status("f");
            assertThat(first).isEqualTo(at.status("g"));
            is(2, first.links());
            succeeds(at.root.chmod("g", 0600), at.root.truncate("g", 2));
            is(0600, at.mode("f"));
            assertThat(at.content("f")).isEqualTo("te");
            succeeds(at.root.unlink("f"));
            is(1, at.status("g").links());
            assertThat(at.content("g")).isEqualTo("te");
        });
        checks.check("link to what is there: EEXIST; of a directory: EPERM; of nothing: ENOENT", at -> {
            is(-EEXIST, at.root.link(at.file("f"), at.file("g")));
            is(-EPERM, at.root.link(at.directory("d"), "e"));
            is(-ENOENT, at.root.link("none", "h"));
        });
        checks.check("link does not follow a symlink", at -> {
            succeeds(at.root.link(at.symlink("none", "s"), "t"));
            assertThat(at.status("t").isSymlink()).isTrue();
            is(2, at.status("s").links());
        });
        checks.check("a file can have 1000 links", at -> {
            at.file("f");
            for (int link = 1; link < 1000; link++) {
                succeeds(at.root.link("f", "l" + link));
            }
            is(1000, at.status("l500").links());
        });
        checks.check("unlink of a directory: EISDIR, of a file with a slash: ENOTDIR", at -> {
            is(-EISDIR, at.root.unlink(at.directory("d")));
            is(-ENOTDIR, at.root.unlink(at.file("f") + "/"));
        });
        checks.check("unlink removes the symlink, not the target", at -> {
            succeeds(at.root.unlink(at.symlink(at.file("f"), "s")));
            is(0, at.root.status("f").error());
        });
        checks.check("in a sticky directory only the owner of either may remove", at -> {
            at.directory("d", 01777, 0, 0);
            succeeds(at.user.mkdir("d/e", 0777), at.user.mknod("d/f", S_IFREG | 0666, 0));
            is(-EPERM, at.other.unlink("d/f"));
            is(-EPERM, at.other.rmdir("d/e"));
            is(-EPERM, at.other.rename("d/f", "d/g"));
            succeeds(at.other.mknod("d/mine", S_IFREG | 0666, 0));
            is(-EPERM, at.other.rename("d/mine", "d/f"));
            succeeds(at.user.unlink("d/f"), at.root.rmdir("d/e"));
        });
    }

    private static void symlinks(Checks checks) {
        checks.check("a symlink keeps its target to the byte and has its size", at -> {
            for (String target : new String[] {"a", "/abs/ü", "../..", "x".repeat(4095), "a b\nc"}) {
                succeeds(at.root.symlink(target, "s"));
                assertThat(at.root.readlink("s").get()).isEqualTo(target);
                is(Place.bytes(target).length, at.status("s").size());
                is(0777, at.mode("s"));
                succeeds(at.root.unlink("s"));
            }
        });
        checks.check("symlink to nothing: ENOENT; of 4096 bytes: ENAMETOOLONG; over what is there: EEXIST", at -> {
            is(-ENOENT, at.root.symlink("", "s"));
            is(-ENAMETOOLONG, at.root.symlink("x".repeat(4096), "s"));
            is(-EEXIST, at.root.symlink("x", at.file("f")));
            is(-ENOENT, at.root.symlink("x", "new/"));
        });
        checks.check("readlink of what is none: EINVAL", at -> {
            is(-EINVAL, at.root.readlink(at.file("f")).error());
            is(-EINVAL, at.root.readlink(at.directory("d")).error());
        });
        checks.check("a symlink has an owner and times of its own", at -> {
            at.symlink(at.file("f"), "s");
            succeeds(at.root.lchown("s", 5, 6), at.root.setTimes("s", 7, 0, 8, 9));
            is(5, at.status("s").uid());
            is(8_000_000_009L, at.status("s").modifyNanos());
            is(0, at.status("f").uid());
        });
    }

    private static void nodes(Checks checks) {
        int[] types = {S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK, S_IFREG};
        for (int type : types) {
            checks.check("mknod makes type %o with its mode and device".formatted(type), at -> {
                boolean device = type == S_IFCHR || type == S_IFBLK;
                succeeds(at.root.mknod("n", type | 0640, device ? (7L << 8) | 11 : 0));
                FileStatus status = at.status("n");
                is(type | 0640, status.mode());
                is(device ? 7 : 0, status.deviceMajor());
                is(device ? 11 : 0, status.deviceMinor());
                is(-EEXIST, at.root.mknod("n", type | 0640, 0));
                succeeds(at.root.unlink("n"));
            });
        }
        checks.check("a large device number survives", at -> {
            succeeds(at.root.mknod("n", S_IFBLK | 0600, ((259L & 0xfff) << 8) | 77 | ((70_000L & ~0xffL) << 12)));
            is(259, at.status("n").deviceMajor());
            is((70_000 & ~0xff) | 77, at.status("n").deviceMinor());
        });
        checks.check("mknod of a device by a user: EPERM, of a fifo: fine", at -> {
            is(-EPERM, at.user.mknod("n", S_IFCHR | 0600, 259));
            succeeds(at.user.mknod("p", S_IFIFO | 0600, 0));
        });
        checks.check("a fifo works", at -> {
            succeeds(at.root.mknod("p", S_IFIFO | 0600, 0));
            int both = at.open("p", O_RDWR);
            is(4, at.root.write(both, Place.bytes("text")));
            is(4, at.root.read(both, new byte[9]));
        });
        checks.check("opening a socket: ENXIO", at -> {
            succeeds(at.root.mknod("n", S_IFSOCK | 0644, 0));
            is(-ENXIO, at.root.open("n", O_RDWR, 0));
        });
    }
}
