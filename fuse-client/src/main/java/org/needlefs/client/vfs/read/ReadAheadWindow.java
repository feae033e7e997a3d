package org.needlefs.client.vfs.read;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * What to load before one handle asks for it: nothing at random reads, a window that doubles from {@value #FIRST_BYTES} bytes while
 * reads follow each other. Threading: any.
 */
public final class ReadAheadWindow {
    private static final int FIRST_BYTES = 256 << 10;

    /** Kernels send reads of one stream slightly out of order. */
    private static final int SLACK_BYTES = 1 << 20;

    /** A stretch of the file to load; empty if {@code from} is {@code to}. */
    public record Stretch(long from, long to) {
        public boolean isEmpty() {
            return from >= to;
        }
    }

    private static final Stretch NOTHING = new Stretch(0, 0);

    private final int sizeBytesMax;

    @GuardedBy("this")
    private long expectedOffset;

    @GuardedBy("this")
    private long loadedUpTo;

    @GuardedBy("this")
    private int sizeBytes;

    /** @param sizeBytesMax 0 never reads ahead */
    public ReadAheadWindow(int sizeBytesMax) {
        this.sizeBytesMax = sizeBytesMax;
    }

    /** Hears of a read and says what to load now. */
    public synchronized Stretch afterRead(long offsetBytes, int readBytes) {
        long end = offsetBytes + readBytes;
        boolean sequential = offsetBytes <= expectedOffset && offsetBytes >= expectedOffset - SLACK_BYTES;
        if (!sequential || sizeBytesMax == 0) {
            sizeBytes = 0;
            expectedOffset = end;
            loadedUpTo = end;
            return NOTHING;
        }
        expectedOffset = Math.max(expectedOffset, end);
        if (offsetBytes == 0 && sizeBytes == 0) {
            // The first read of a file says nothing yet: small files are read whole by it.
            sizeBytes = Math.min(FIRST_BYTES, sizeBytesMax) / 2;
            loadedUpTo = end;
            return NOTHING;
        }
        if (loadedUpTo - expectedOffset > sizeBytes / 2) {
            return NOTHING;
        }
        sizeBytes = Math.min(sizeBytesMax, Math.max(FIRST_BYTES, 2 * sizeBytes));
        long from = Math.max(loadedUpTo, expectedOffset);
        loadedUpTo = expectedOffset + sizeBytes;
        return new Stretch(from, loadedUpTo);
    }
}
