package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** What statx(2) answered; {@code error} is minus the errno, and 0 if all the rest is right. Times are nanoseconds since 1970. */
public record FileStatus(
        long error,
        int mode,
        long links,
        int uid,
        int gid,
        long inode,
        long size,
        long blocks,
        int deviceMajor,
        int deviceMinor,
        long accessNanos,
        long modifyNanos,
        long changeNanos,
        long birthNanos) {
    static final long SIZE_BYTES = 256;

    private static final int TYPE_MASK = 0170000;

    static FileStatus failed(long error) {
        return new FileStatus(error, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Reads a struct statx, which is the same on every architecture. */
    static FileStatus of(MemorySegment statx) {
        return new FileStatus(
                0,
                Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
                Integer.toUnsignedLong(statx.get(JAVA_INT, 16)),
                statx.get(JAVA_INT, 20),
                statx.get(JAVA_INT, 24),
                statx.get(JAVA_LONG, 32),
                statx.get(JAVA_LONG, 40),
                statx.get(JAVA_LONG, 48),
                statx.get(JAVA_INT, 128),
                statx.get(JAVA_INT, 132),
                nanos(statx, 64),
                nanos(statx, 112),
                nanos(statx, 96),
                nanos(statx, 80));
    }

    private static long nanos(MemorySegment statx, long offset) {
        return statx.get(JAVA_LONG, offset) * 1_000_000_000L + statx.get(JAVA_INT, offset + 8);
    }

    public boolean isDirectory() {
        return (mode & TYPE_MASK) == Flags.S_IFDIR;
    }

    public boolean isFile() {
        return (mode & TYPE_MASK) == Flags.S_IFREG;
    }

    public boolean isSymlink() {
        return (mode & TYPE_MASK) == Flags.S_IFLNK;
    }

    public int type() {
        return mode & TYPE_MASK;
    }

    public int permissions() {
        return mode & 07777;
    }
}
