package org.needlefs.client.binding.jnr;

/**
 * libfuse 2.9's {@code struct fuse_conn_info}: what the kernel offers and what this side wants of it. All fields are
 * 32-bit: proto_major, proto_minor, async_read, max_write, max_readahead, capable, want, max_background,
 * congestion_threshold.
 */
final class ConnectionInfo {
    private static final long ASYNC_READ = 8;
    private static final long MAX_WRITE = 12;
    private static final long CAPABLE = 20;
    private static final long WANT = 24;
    private static final long MAX_BACKGROUND = 28;
    private static final long CONGESTION_THRESHOLD = 32;

    // fuse_common.h: FUSE_CAP_*. The umask stays the kernel's business: FUSE_CAP_DONT_MASK is not wanted.
    private static final int WANTED = 1 /* ASYNC_READ */ | (1 << 3) /* ATOMIC_O_TRUNC */ | (1 << 5) /* BIG_WRITES */;

    /** Requests of read-ahead and write-back that the kernel keeps going; from three quarters on it holds back. */
    private static final int BACKGROUND_COUNT_MAX = 64;

    private ConnectionInfo() {}

    /** Chooses among what the kernel offers. */
    static void negotiate(long connection) {
        Memory.writeInt(connection + ASYNC_READ, 1);
        Memory.writeInt(connection + MAX_WRITE, Call.TRANSFER_SIZE_MAX);
        int offered = Memory.readInt(connection + CAPABLE);
        Memory.writeInt(connection + WANT, Memory.readInt(connection + WANT) | (offered & WANTED));
        Memory.writeInt(connection + MAX_BACKGROUND, BACKGROUND_COUNT_MAX);
        Memory.writeInt(connection + CONGESTION_THRESHOLD, BACKGROUND_COUNT_MAX * 3 / 4);
    }
}
