package org.needlefs.test.posix;

import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_RDWR;
import static org.needlefs.test.system.Flags.O_WRONLY;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.needlefs.test.system.Credentials;
import org.needlefs.test.system.FileStatus;
import org.needlefs.test.system.LinuxCalls;
import org.needlefs.test.system.Programs;

/** An empty directory that everybody may write, for one rule; open files are closed and all is removed at the end. */
final class Place implements AutoCloseable {
    static final int USER = 1000;
    static final int OTHER = 2000;
    /** A group that both users are in. */
    static final int TEAM = 3000;

    /** The file timestamps of a local disk come from a clock that ticks every 4 ms, or 10. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(11);

    final LinuxCalls root;
    final LinuxCalls user;
    final LinuxCalls other;

    private final List<Integer> opened = new ArrayList<>();

    private Place(LinuxCalls root) {
        this.root = root;
        this.user = root.as(Credentials.user(USER, USER, USER, TEAM));
        this.other = root.as(Credentials.user(OTHER, OTHER, OTHER, TEAM));
    }

    static Place make(LinuxCalls above, String name) {
        LinuxCalls.done("mkdir", above.mkdir(name, 0777));
        LinuxCalls.done("chmod", above.chmod(name, 0777));
        return new Place(above.in(name));
    }

    /** An empty file of root; returns the name. */
    String file(String name) {
        return file(name, "");
    }

    String file(String name, String content) {
        int file = root.opened(name, O_CREAT | O_WRONLY, 0644);
        if (!content.isEmpty()) {
            LinuxCalls.done("write", root.write(file, content.getBytes(StandardCharsets.UTF_8)));
        }
        LinuxCalls.done("close", root.close(file));
        return name;
    }

    /** A file with this mode and owner; returns the name. */
    String file(String name, int mode, int uid, int gid) {
        String made = file(name, "text");
        LinuxCalls.done("chown", root.chown(made, uid, gid));
        LinuxCalls.done("chmod", root.chmod(made, mode));
        return made;
    }

    String directory(String name) {
        LinuxCalls.done("mkdir", root.mkdir(name, 0755));
        return name;
    }

    String directory(String name, int mode, int uid, int gid) {
        String made = directory(name);
        LinuxCalls.done("chown", root.chown(made, uid, gid));
        LinuxCalls.done("chmod", root.chmod(made, mode));
        return made;
    }

    String symlink(String target, String name) {
        LinuxCalls.done("symlink", root.symlink(target, name));
        return name;
    }

    /** A descriptor that is closed at the end; opening must succeed. */
    int open(String name, int flags) {
        return descriptor(root.open(name, flags, 0644));
    }

    /** A new file with this content, open for reading and writing. */
    int openFile(String name, String content) {
        return open(file(name, content), O_RDWR);
    }

    int descriptor(long result) {
        int file = (int) LinuxCalls.done("open", result);
        opened.add(file);
        return file;
    }

    FileStatus status(String name) {
        FileStatus status = root.status(name);
        LinuxCalls.done("stat " + name, status.error());
        return status;
    }

    int mode(String name) {
        return status(name).permissions();
    }

    String content(String name) {
        int file = root.opened(name, 0, 0);
        String text = new String(root.bytes(file, 0, 1 << 20), StandardCharsets.UTF_8);
        LinuxCalls.done("close", root.close(file));
        return text;
    }

    Path path(String name) {
        return Path.of(root.absolute(name));
    }

    /** Returns once a change is sure to get a later timestamp than all before. */
    void tick() {
        long until = System.nanoTime() + TICK_NANOS;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        opened.forEach(file -> LinuxCalls.done("close", root.close(file)));
        String ignored = Programs.in(Path.of("/")).run("rm", "-rf", root.absolute("."));
    }
}
