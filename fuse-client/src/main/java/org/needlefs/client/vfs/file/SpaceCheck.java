package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Errno;

/**
 * Refuses a write early when there is no room for it, so that an application hears of a full disk from {@code write} and
 * not only from {@code close}. A good guess, no promise: usage is asked at most every {@value #AGE_MILLIS_MAX} ms and at every
 * eighth of what was left. Threading: any.
 */
final class SpaceCheck {
    private static final long AGE_MILLIS_MAX = 100;

    private final FileSystem fileSystem;

    @GuardedBy("this")
    private long leftBytes;

    @GuardedBy("this")
    private long leftWhenAskedBytes;

    @GuardedBy("this")
    private long askedNanos;

    @GuardedBy("this")
    private boolean asked;

    SpaceCheck(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** @throws org.needlefs.cluster.model.FsException ENOSPC if {@code sizeBytes} more, on top of what waits in buffers, don't fit */
    synchronized void take(long sizeBytes, long bufferedBytes) throws IOException {
        long now = System.nanoTime();
        boolean old = now - askedNanos > TimeUnit.MILLISECONDS.toNanos(AGE_MILLIS_MAX);
        if (!asked || old || leftBytes - sizeBytes < leftWhenAskedBytes / 8 * 7) {
            leftWhenAskedBytes = fileSystem.usage().availableBytes() - bufferedBytes;
            leftBytes = leftWhenAskedBytes;
            askedNanos = now;
            asked = true;
        }
        if (leftBytes < sizeBytes) {
            asked = false;
            throw Errno.ENOSPC.because("%d bytes are left", Math.max(0, leftBytes));
        }
        leftBytes -= sizeBytes;
    }
}
