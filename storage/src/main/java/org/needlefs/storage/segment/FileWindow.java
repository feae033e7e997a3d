package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.DiskFile;

/**
 * Reads a file mostly forward through one buffer, so that many small records cost one system call. Grows beyond its
 * buffer only for a single view that is larger. Threading: confined to one caller. Give back by {@link #close}.
 */
final class FileWindow implements AutoCloseable {
    private final DiskFile file;
    private final BufferPool pool;
    private final ByteBuffer pooled;
    private ByteBuffer buffer;
    private long startBytes;
    private int filledBytes;

    FileWindow(DiskFile file, BufferPool pool) {
        this.file = file;
        this.pool = pool;
        this.pooled = pool.take();
        this.buffer = pooled;
    }

    /** The file's bytes from {@code offsetBytes}, fewer than asked for only where it ends; valid until the next call. */
    ByteBuffer view(long offsetBytes, int sizeBytes) throws IOException {
        if (offsetBytes < startBytes || offsetBytes + sizeBytes > startBytes + filledBytes) {
            fill(offsetBytes, sizeBytes);
        }
        int from = (int) (offsetBytes - startBytes);
        return buffer.slice(from, Math.min(sizeBytes, filledBytes - from));
    }

    /** All that the buffer holds from {@code offsetBytes}, read anew if that is less than {@code leastBytes}. */
    ByteBuffer rest(long offsetBytes, int leastBytes) throws IOException {
        ByteBuffer least = view(offsetBytes, leastBytes);
        return least.limit() < leastBytes ? least : view(offsetBytes, (int) (startBytes + filledBytes - offsetBytes));
    }

    private void fill(long offsetBytes, int sizeBytes) throws IOException {
        if (sizeBytes > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(sizeBytes);
        }
        filledBytes = 0;
        startBytes = offsetBytes;
        filledBytes = file.read(offsetBytes, buffer.clear());
    }

    @Override
    public void close() {
        pool.give(pooled);
    }
}
