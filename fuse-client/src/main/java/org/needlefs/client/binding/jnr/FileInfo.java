package org.needlefs.client.binding.jnr;

/**
 * Fields of libfuse 2.9's {@code struct fuse_file_info} (fuse_common.h), by the struct's address.
 *
 * <pre>
 *  0 int flags   8 unsigned long fh_old   16 int writepage   20 bits: direct_io, keep_cache, flush, nonseekable, flock_release
 * 24 uint64 fh  32 uint64 lock_owner
 * </pre>
 */
final class FileInfo {
    private static final int KEEP_CACHE = 1 << 1;
    private static final int FLOCK_RELEASE = 1 << 4;

    private FileInfo() {}

    static int flags(long fileInfo) {
        return Memory.readInt(fileInfo);
    }

    static long handle(long fileInfo) {
        return Memory.readLong(fileInfo + 24);
    }

    static long lockOwner(long fileInfo) {
        return Memory.readLong(fileInfo + 32);
    }

    /** Whether the last descriptor went with a flock(2) lock still on it. */
    static boolean releasesFlock(long fileInfo) {
        return (Memory.readInt(fileInfo + 20) & FLOCK_RELEASE) != 0;
    }

    static void opened(long fileInfo, long handle, boolean keepCache) {
        Memory.writeLong(fileInfo + 24, handle);
        int bits = Memory.readInt(fileInfo + 20);
        Memory.writeInt(fileInfo + 20, keepCache ? bits | KEEP_CACHE : bits & ~KEEP_CACHE);
    }
}
