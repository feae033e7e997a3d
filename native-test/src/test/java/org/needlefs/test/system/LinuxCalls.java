package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.needlefs.test.system.Flags.AT_FDCWD;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * System calls on the files below one directory, made by one user. Every call answers what the kernel did: a result that
 * is not negative, or minus the errno. Paths without a leading slash count from the directory. Threading: any.
 */
public final class LinuxCalls {
    private static final int PATH_MAX = 4096;
    private static final int XATTR_SIZE_MAX = 1 << 16;

    private final String prefix;
    private final Credentials credentials;

    private LinuxCalls(String prefix, Credentials credentials) {
        this.prefix = prefix;
        this.credentials = credentials;
    }

    /** Calls of root on the files below {@code directory}. */
    public static LinuxCalls below(String directory) {
        long ignored = Libc.callInt("umask", 022);
        return new LinuxCalls(directory, Credentials.ROOT);
    }

    public LinuxCalls as(Credentials other) {
        return new LinuxCalls(prefix, other);
    }

    public LinuxCalls in(String directory) {
        return new LinuxCalls(absolute(directory), credentials);
    }

    /** The absolute path that {@code path} stands for. */
    public String absolute(String path) {
        return path.startsWith("/") ? path : path.equals(".") ? prefix : prefix + "/" + path;
    }

    /** Others than root need not be allowed to walk to the directory: it is their working directory. */
    private String path(String path) {
        return credentials.equals(Credentials.ROOT) ? absolute(path) : path;
    }

    public long open(String path, int flags, int mode) {
        return openAt(AT_FDCWD, path(path), flags, mode);
    }

    public int opened(String path, int flags, int mode) {
        return (int) done("open " + path, open(path, flags, mode));
    }

    /** For paths that are longer than a path may be: each step by its parent's descriptor. */
    public long openAt(int directory, String name, int flags, int mode) {
        return callInt("openat", directory, name, flags | Flags.O_CLOEXEC, mode);
    }

    public long close(int file) {
        return Libc.callInt("close", file);
    }

    public long pread(int file, byte[] into, long offset) {
        return withBuffer(into.length, buffer -> {
            long count = callLong("pread", file, buffer, (long) into.length, offset);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) Math.max(0, count));
            return count;
        });
    }

    /** Everything from {@code offset} on, at most {@code sizeMax} bytes, in as many reads as it takes. */
    public byte[] bytes(int file, long offset, int sizeMax) {
        byte[] all = new byte[sizeMax];
        int filled = 0;
        while (filled < sizeMax) {
            byte[] piece = new byte[sizeMax - filled];
            int count = (int) done("pread", pread(file, piece, offset + filled));
            if (count == 0) {
                break;
            }
            System.arraycopy(piece, 0, all, filled, count);
            filled += count;
        }
        return Arrays.copyOf(all, filled);
    }

    public long pwrite(int file, byte[] from, long offset) {
        return withBytes(from, buffer -> callLong("pwrite", file, buffer, (long) from.length, offset));
    }

    public long write(int file, byte[] from) {
        return withBytes(from, buffer -> callLong("write", file, buffer, (long) from.length));
    }

    public long read(int file, byte[] into) {
        return withBuffer(into.length, buffer -> {
            long count = callLong("read", file, buffer, (long) into.length);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) Math.max(0, count));
            return count;
        });
    }

    /** pwritev2(2) of one buffer. */
    public long pwriteWith(int file, byte[] from, long offset, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(java.lang.foreign.ValueLayout.ADDRESS, 0, arena.allocateFrom(JAVA_BYTE, from));
            vector.set(JAVA_LONG, 8, from.length);
            return callLong("pwritev2", file, vector, 1, offset, flags);
        }
    }

    public long seek(int file, long offset, int whence) {
        return callLong("lseek", file, offset, whence);
    }

    public long truncate(String path, long size) {
        return callInt("truncate", path(path), size);
    }

    public long ftruncate(int file, long size) {
        return callInt("ftruncate", file, size);
    }

    public long fallocate(int file, int mode, long offset, long size) {
        return callInt("fallocate", file, mode, offset, size);
    }

    public long fsync(int file) {
        return callInt("fsync", file);
    }

    public long fdatasync(int file) {
        return callInt("fdatasync", file);
    }

    public long copyRange(int source, long sourceOffset, int target, long targetOffset, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(JAVA_LONG, sourceOffset);
            MemorySegment to = arena.allocateFrom(JAVA_LONG, targetOffset);
            return callLong("copy_file_range", source, from, target, to, size, 0);
        }
    }

    public long rename(String from, String to) {
        return callInt("rename", path(from), path(to));
    }

    public long rename(String from, String to, int flags) {
        return callInt("renameat2", AT_FDCWD, path(from), AT_FDCWD, path(to), flags);
    }

    public long link(String from, String to) {
        return callInt("link", path(from), path(to));
    }

    /** Gives a name to an open file that has none (O_TMPFILE). */
    public long linkOpen(int file, String to) {
        return callInt("linkat", AT_FDCWD, "/proc/self/fd/" + file, AT_FDCWD, path(to), Flags.AT_SYMLINK_FOLLOW);
    }

    public long symlink(String target, String path) {
        return callInt("symlink", target, path(path));
    }

    public long unlink(String path) {
        return callInt("unlink", path(path));
    }

    public long unlinkAt(int directory, String name, int flags) {
        return callInt("unlinkat", directory, name, flags);
    }

    public long mkdir(String path, int mode) {
        return callInt("mkdir", path(path), mode);
    }

    public long mkdirAt(int directory, String name, int mode) {
        return callInt("mkdirat", directory, name, mode);
    }

    public long rmdir(String path) {
        return callInt("rmdir", path(path));
    }

    public long mknod(String path, int mode, long device) {
        return callInt("mknod", path(path), mode, device);
    }

    public long chmod(String path, int mode) {
        return callInt("chmod", path(path), mode);
    }

    public long fchmod(int file, int mode) {
        return callInt("fchmod", file, mode);
    }

    public long chown(String path, int uid, int gid) {
        return callInt("chown", path(path), uid, gid);
    }

    public long lchown(String path, int uid, int gid) {
        return callInt("lchown", path(path), uid, gid);
    }

    public long access(String path, int mode) {
        return callInt("faccessat", AT_FDCWD, path(path), mode, Flags.AT_EACCESS);
    }

    /** utimensat(2), not following a symlink; seconds and nanoseconds apart, so that the special values can be given. */
    public long setTimes(String path, long accessSeconds, long accessNanos, long modifySeconds, long modifyNanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocateFrom(JAVA_LONG, accessSeconds, accessNanos, modifySeconds, modifyNanos);
            return callInt("utimensat", AT_FDCWD, path(path), times, Flags.AT_SYMLINK_NOFOLLOW);
        }
    }

    public long futimens(int file, long accessSeconds, long accessNanos, long modifySeconds, long modifyNanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocateFrom(JAVA_LONG, accessSeconds, accessNanos, modifySeconds, modifyNanos);
            return callInt("futimens", file, times);
        }
    }

    /** The status of what {@code path} names, a symlink itself. */
    public FileStatus status(String path) {
        return status(AT_FDCWD, path(path), Flags.AT_SYMLINK_NOFOLLOW);
    }

    public FileStatus statusFollowed(String path) {
        return status(AT_FDCWD, path(path), 0);
    }

    public FileStatus status(int file) {
        return status(file, "", Flags.AT_EMPTY_PATH);
    }

    private FileStatus status(int directory, String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(FileStatus.SIZE_BYTES, 8);
            int basicAndBirth = 0xfff;
            long result = callInt("statx", directory, path, flags, basicAndBirth, statx);
            return result < 0 ? FileStatus.failed(result) : FileStatus.of(statx);
        }
    }

    public SpaceStatus space() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statvfs = arena.allocate(SpaceStatus.SIZE_BYTES, 8);
            done("statvfs", callInt("statvfs", prefix, statvfs));
            return SpaceStatus.of(statvfs);
        }
    }

    public Answer<String> readlink(String path) {
        byte[] target = new byte[PATH_MAX];
        long size = withBuffer(target.length, buffer -> {
            long count = callLong("readlink", path(path), buffer, (long) target.length);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, target, 0, (int) Math.max(0, count));
            return count;
        });
        return size < 0 ? Answer.failed(size) : Answer.of(FileNames.text(Arrays.copyOf(target, (int) size)));
    }

    /** The names in a directory but "." and "..", as the kernel lists them. */
    public Answer<List<String>> list(String path) {
        long directory = open(path, Flags.O_RDONLY | Flags.O_DIRECTORY, 0);
        if (directory < 0) {
            return Answer.failed(directory);
        }
        List<String> names = new ArrayList<>();
        Optional<Long> error = Optional.empty();
        for (boolean more = true; more; ) {
            DirectoryPage page = readDirectory((int) directory, 1 << 16);
            error = page.error() < 0 ? Optional.of(page.error()) : Optional.empty();
            page.entries().stream()
                    .map(DirectoryEntry::name)
                    .filter(LinuxCalls::isEntry)
                    .forEach(names::add);
            more = page.error() == 0 && !page.entries().isEmpty();
        }
        done("close", close((int) directory));
        return error.<Answer<List<String>>>map(Answer::failed).orElse(Answer.of(names));
    }

    private static boolean isEntry(String name) {
        return !name.equals(".") && !name.equals("..");
    }

    /** One getdents64(2). */
    public DirectoryPage readDirectory(int directory, int bufferBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(bufferBytes, 8);
            long size = callLong("getdents64", directory, buffer, (long) bufferBytes);
            return DirectoryPage.of(buffer, size);
        }
    }

    public long setXattr(String path, String name, byte[] value, int flags) {
        return withBytes(value, buffer -> callInt("lsetxattr", path(path), name, buffer, (long) value.length, flags));
    }

    public Answer<byte[]> xattr(String path, String name) {
        byte[] value = new byte[XATTR_SIZE_MAX];
        long size = xattr(path, name, value);
        return size < 0 ? Answer.failed(size) : Answer.of(Arrays.copyOf(value, (int) size));
    }

    /** lgetxattr(2) into a buffer that may be too small; of no bytes: asks for the size. */
    public long xattr(String path, String name, byte[] into) {
        return withBuffer(into.length, buffer -> {
            long count = callLong("lgetxattr", path(path), name, buffer, (long) into.length);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, Math.clamp(count, 0, into.length));
            return count;
        });
    }

    public Answer<List<String>> xattrs(String path) {
        byte[] names = new byte[XATTR_SIZE_MAX];
        long size = withBuffer(names.length, buffer -> {
            long count = callLong("llistxattr", path(path), buffer, (long) names.length);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, names, 0, (int) Math.max(0, count));
            return count;
        });
        if (size < 0) {
            return Answer.failed(size);
        }
        String all = FileNames.text(Arrays.copyOf(names, (int) size));
        return Answer.of(
                Arrays.stream(all.split("\0")).filter(name -> !name.isEmpty()).toList());
    }

    public long removeXattr(String path, String name) {
        return callInt("lremovexattr", path(path), name);
    }

    public long ioctl(int file, long request) {
        return withBuffer(64, buffer -> callInt("ioctl", file, request, buffer));
    }

    public long flock(int file, int operation) {
        return callInt("flock", file, operation);
    }

    /** fcntl(2) on a record lock; F_GETLK answers the type that stands in the way, F_UNLCK if none does. */
    public long lock(int file, int command, int type, long start, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lock = arena.allocate(32, 8);
            lock.set(JAVA_SHORT, 0, (short) type);
            lock.set(JAVA_LONG, 8, start);
            lock.set(JAVA_LONG, 16, size);
            long result = callInt("fcntl", file, command, lock);
            return result == 0 && command == Flags.F_GETLK ? lock.get(JAVA_SHORT, 0) : result;
        }
    }

    /** {@code result}, or the end of the test: for steps that only prepare what is tested. */
    public static long done(String step, long result) {
        if (result < 0) {
            throw new AssertionError(step + " answered " + ErrorNumber.show(result));
        }
        return result;
    }

    private long callInt(String function, Object... arguments) {
        return credentials.during(prefix, () -> Libc.callInt(function, arguments));
    }

    private long callLong(String function, Object... arguments) {
        return credentials.during(prefix, () -> Libc.callLong(function, arguments));
    }

    private static long withBytes(byte[] from, ToLongFunction<MemorySegment> call) {
        return withBuffer(from.length, buffer -> {
            MemorySegment.copy(from, 0, buffer, JAVA_BYTE, 0, from.length);
            return call.applyAsLong(buffer);
        });
    }

    private static long withBuffer(int size, ToLongFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            return call.applyAsLong(arena.allocate(Math.max(1, size), 8));
        }
    }
}
