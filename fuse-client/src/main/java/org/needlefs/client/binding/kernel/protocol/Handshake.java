package org.needlefs.client.binding.kernel.protocol;

import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;

/**
 * The INIT request: kernel and binding agree on a version, on features and on the largest request.
 *
 * <p>What is taken of the kernel's offer, and why:
 * <ul>
 *   <li>EXPLICIT_INVAL_DATA: the kernel keeps a file's pages until it is told otherwise. Its own guess (a changed
 *       modify time) would drop the pages of every file that this mount has just written.
 *   <li>HANDLE_KILLPRIV_V2: dropping set-uid and set-gid bits is ours; otherwise the kernel asks for an xattr before
 *       every single write.
 *   <li>No POSIX_LOCKS, FLOCK_LOCKS: on one mount the kernel's own locks are right, and cost no request.
 *   <li>No WRITEBACK_CACHE: the kernel would then be the authority on sizes and times.
 * </ul>
 */
final class Handshake {
    static final int MAJOR = 7;
    static final int MINOR = 45;
    /** Linux 5.4: the oldest protocol that is tested. */
    static final int MINOR_MIN = 31;
    /** The largest read or write in one request. */
    static final int DATA_SIZE_MAX = 1 << 20;

    private static final int PAGE_COUNT_MAX = DATA_SIZE_MAX / 4096;
    private static final int BACKGROUND_MAX = 128;
    private static final int CONGESTION_THRESHOLD = 96;

    private static final int ASYNC_READ = 1;
    private static final int ATOMIC_O_TRUNC = 1 << 3;
    private static final int EXPORT_SUPPORT = 1 << 4;
    private static final int BIG_WRITES = 1 << 5;
    private static final int DO_READDIRPLUS = 1 << 13;
    private static final int READDIRPLUS_AUTO = 1 << 14;
    private static final int ASYNC_DIO = 1 << 15;
    private static final int PARALLEL_DIROPS = 1 << 18;
    private static final int MAX_PAGES = 1 << 22;
    private static final int CACHE_SYMLINKS = 1 << 23;
    private static final int EXPLICIT_INVAL_DATA = 1 << 25;
    private static final int HANDLE_KILLPRIV_V2 = 1 << 28;

    static final int WANTED = ASYNC_READ
            | ATOMIC_O_TRUNC
            | EXPORT_SUPPORT
            | BIG_WRITES
            | DO_READDIRPLUS
            | READDIRPLUS_AUTO
            | ASYNC_DIO
            | PARALLEL_DIROPS
            | MAX_PAGES
            | CACHE_SYMLINKS
            | EXPLICIT_INVAL_DATA
            | HANDLE_KILLPRIV_V2;

    private Handshake() {}

    /** @throws FsException EINVAL: the kernel is too old for this binding */
    static void answer(RequestBytes request, ReplyBytes reply) throws FsException {
        int major = request.int32(0);
        int minor = request.int32(4);
        if (major > MAJOR) {
            // The kernel asks again, with our major version.
            reply.int32(MAJOR).int32(MINOR).zeros(56);
            return;
        }
        if (major < MAJOR || minor < MINOR_MIN) {
            throw Errno.EINVAL.because(
                    "the kernel speaks FUSE %d.%d, and %d.%d (Linux 5.4) is the oldest that will do",
                    major, minor, MAJOR, MINOR_MIN);
        }
        reply.int32(MAJOR).int32(Math.min(minor, MINOR)).int32(Math.max(request.int32(8), DATA_SIZE_MAX));
        reply.int32(request.int32(12) & WANTED).int16(BACKGROUND_MAX).int16(CONGESTION_THRESHOLD);
        int timeGranularityNanos = 1;
        reply.int32(DATA_SIZE_MAX).int32(timeGranularityNanos).int16(PAGE_COUNT_MAX);
        reply.zeros(2 + 4 + 7 * 4);
    }
}
