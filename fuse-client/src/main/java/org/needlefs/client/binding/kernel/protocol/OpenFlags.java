package org.needlefs.client.binding.kernel.protocol;

/** The flags of open(2), and those that the kernel is given back ({@code fuse_open_out}). */
final class OpenFlags {
    private static final int O_ACCMODE = 3;
    private static final int O_RDONLY = 0;
    private static final int O_EXCL = 0200;
    private static final int O_APPEND = 02000;

    private static final int FOPEN_KEEP_CACHE = 1 << 1;
    private static final int FOPEN_CACHE_DIR = 1 << 3;
    private static final int FOPEN_NOFLUSH = 1 << 5;

    private OpenFlags() {}

    /**
     * What the filesystem is told. The kernel gives the right offset with every write, O_APPEND or not, and pages that
     * were changed through a mapping come back through any handle: one that always appended would misplace them.
     */
    static int forFilesystem(int flags) {
        return flags & ~O_APPEND;
    }

    static boolean isExclusive(int flags) {
        return (flags & O_EXCL) != 0;
    }

    /** {@code fuse_open_out} of a file. What was opened only to be read need not be flushed when it is closed. */
    static void reply(ReplyBytes reply, long handle, int flags, boolean keepCache) {
        int answer = keepCache ? FOPEN_KEEP_CACHE : 0;
        if ((flags & O_ACCMODE) == O_RDONLY) {
            answer |= FOPEN_NOFLUSH;
        }
        reply.int64(handle).int32(answer).int32(0);
    }

    /** {@code fuse_open_out} of a directory. */
    static void replyDirectory(ReplyBytes reply, long handle) {
        reply.int64(handle)
                .int32(reply.allowsCaching() ? FOPEN_CACHE_DIR | FOPEN_KEEP_CACHE : 0)
                .int32(0);
    }
}
