package org.needlefs.test.posix;

import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongBiFunction;
import org.needlefs.test.system.LinuxCalls;

/** path_resolution(7): what every call that takes a path answers to a path that can't be walked. */
final class PathChecks {
    private static final String LONGEST = "n".repeat(255);

    private PathChecks() {}

    static void addTo(Checks checks) {
        calls().forEach((call, function) -> {
            checks.check(call + " below what is missing: ENOENT", at -> {
                is(-ENOENT, function.applyAsLong(at.root, "missing/x"));
            });
            checks.check(call + " below a file: ENOTDIR", at -> {
                is(-ENOTDIR, function.applyAsLong(at.root, at.file("f") + "/x"));
            });
            checks.check(call + " below a file by a symlink: ENOTDIR", at -> {
                is(-ENOTDIR, function.applyAsLong(at.root, at.symlink(at.file("f"), "s") + "/x"));
            });
            checks.check(call + " below a symlink to nothing: ENOENT", at -> {
                is(-ENOENT, function.applyAsLong(at.root, at.symlink("nothing", "s") + "/x"));
            });
            checks.check(call + " of a name of 256 bytes: ENAMETOOLONG", at -> {
                is(-ENAMETOOLONG, function.applyAsLong(at.root, LONGEST + "n"));
            });
            checks.check(call + " below a name of 256 bytes: ENAMETOOLONG", at -> {
                is(-ENAMETOOLONG, function.applyAsLong(at.root, LONGEST + "n/x"));
            });
            checks.check(call + " of a path of 4096 bytes: ENAMETOOLONG", at -> {
                String before = at.root.absolute("");
                is(-ENAMETOOLONG, function.applyAsLong(at.root, "." + "/".repeat(4095 - before.length())));
            });
            checks.check(call + " below a loop of symlinks: ELOOP", at -> {
                at.symlink("two", "one");
                is(-ELOOP, function.applyAsLong(at.root, at.symlink("one", "two") + "/x"));
            });
            checks.check(call + " where the caller may not search: EACCES", at -> {
                String directory = at.directory("d", 0666, Place.USER, Place.USER);
                is(-EACCES, function.applyAsLong(at.user, directory + "/x"));
            });
        });
        changes()
                .forEach((call, function) -> checks.check(call + " where the caller may not write: EACCES", at -> {
                    String directory = at.directory("d", 0555, Place.USER, Place.USER);
                    succeeds(at.root.mkdir(directory + "/x", 0777));
                    is(-EACCES, function.applyAsLong(at.user, directory + (call.contains("new") ? "/y" : "/x")));
                }));
        checks.check("a name may be 255 bytes, and any but '/' and NUL", at -> {
            String name = "日".repeat(85);
            String bytes = org.needlefs.test.system.FileNames.text(new byte[] {1, '\n', (byte) 0xff, '*', ' ', '"'});
            succeeds(at.root.mkdir(LONGEST, 0755), at.root.mkdir(name, 0755), at.root.mkdir(bytes, 0755));
            is(3, at.root.list(".").get().size());
            succeeds(at.root.rmdir(LONGEST), at.root.rmdir(name), at.root.rmdir(bytes));
        });
        checks.check("names that differ in case or in normal form are two names", at -> {
            succeeds(at.root.mkdir("a", 0755), at.root.mkdir("A", 0755));
            succeeds(at.root.mkdir("\u00e4", 0755), at.root.mkdir("a\u0308", 0755));
            is(4, at.root.list(".").get().size());
        });
        checks.check("40 symlinks are followed, 41 are not: ELOOP", at -> {
            at.file("s0", "end");
            for (int link = 1; link <= 41; link++) {
                at.symlink("s" + (link - 1), "s" + link);
            }
            succeeds(at.root.statusFollowed("s40").error());
            is(-ELOOP, at.root.statusFollowed("s41").error());
        });
    }

    private static Map<String, ToLongBiFunction<LinuxCalls, String>> calls() {
        Map<String, ToLongBiFunction<LinuxCalls, String>> calls = new LinkedHashMap<>(changes());
        calls.put("open", (as, path) -> as.open(path, O_RDONLY, 0));
        calls.put("stat", (as, path) -> as.status(path).error());
        calls.put("access", (as, path) -> as.access(path, F_OK));
        calls.put("chmod", (as, path) -> as.chmod(path, 0644));
        calls.put("chown", (as, path) -> as.chown(path, -1, -1));
        calls.put("lchown", (as, path) -> as.lchown(path, -1, -1));
        calls.put("truncate", (as, path) -> as.truncate(path, 0));
        calls.put("utimensat", (as, path) -> as.setTimes(path, 1, 0, 1, 0));
        calls.put("readlink", (as, path) -> as.readlink(path).error());
        calls.put("link from", (as, path) -> as.link(path, "link-target"));
        calls.put("getxattr", (as, path) -> as.xattr(path, "user.x").error());
        calls.put("setxattr", (as, path) -> as.setXattr(path, "user.x", new byte[1], 0));
        calls.put("listxattr", (as, path) -> as.xattrs(path).error());
        calls.put("removexattr", (as, path) -> as.removeXattr(path, "user.x"));
        return calls;
    }

    private static Map<String, ToLongBiFunction<LinuxCalls, String>> changes() {
        Map<String, ToLongBiFunction<LinuxCalls, String>> changes = new LinkedHashMap<>();
        changes.put("open of a new file", (as, path) -> as.open(path, O_CREAT | O_WRONLY, 0644));
        changes.put("mkdir of a new name", (as, path) -> as.mkdir(path, 0755));
        changes.put("mknod of a new name", (as, path) -> as.mknod(path, S_IFIFO | 0644, 0));
        changes.put("symlink of a new name", (as, path) -> as.symlink("target", path));
        changes.put("rmdir", LinuxCalls::rmdir);
        changes.put("unlink", LinuxCalls::unlink);
        changes.put("rename from", (as, path) -> as.rename(path, "rename-target"));
        changes.put("rename to a new name", (as, path) -> {
            long ignored = as.mkdir("source", 0755);
            return as.rename("source", path);
        });
        changes.put("link to a new name", (as, path) -> {
            long ignored = as.mknod("source", S_IFREG | 0644, 0);
            return as.link("source", path);
        });
        return changes;
    }
}
