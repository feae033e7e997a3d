package org.needlefs.client.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.client.vfs.file.FileHandle;
import org.needlefs.client.vfs.file.OpenFiles;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Geometry;

/**
 * copy_file_range(2): long stretches share the source's objects and move no bytes, short ones are copied through the write
 * buffers. Bound: {@value #COPY_BYTES} bytes of heap a call. Threading: any.
 */
final class RangeCopy {
    /** Below this part of a chunk, two flushes and a command cost more than copying. */
    private static final int SHARE_DIVISOR = 4;

    private static final int COPY_BYTES = 256 << 10;

    /** One call copies no more, so that it can be interrupted; the caller comes back for the rest. */
    private static final long CALL_BYTES_MAX = 1L << 30;

    private final OpenFiles files;
    private final long shareBytesMin;

    RangeCopy(OpenFiles files, Geometry geometry) {
        this.files = files;
        this.shareBytesMin = geometry.chunkSizeBytes() / SHARE_DIVISOR;
    }

    long copy(FileHandle source, long sourceOffset, FileHandle target, long targetOffset, long wantedBytes)
            throws IOException {
        if (sourceOffset < 0 || targetOffset < 0 || wantedBytes < 0) {
            throw Errno.EINVAL.because("%d bytes from %d to %d", wantedBytes, sourceOffset, targetOffset);
        }
        long left = source.file().sizeBytes() - sourceOffset;
        long size = Math.max(0, Math.min(Math.min(wantedBytes, left), CALL_BYTES_MAX));
        if (targetOffset > Long.MAX_VALUE - size) {
            throw Errno.EFBIG.because("%d bytes at %d", size, targetOffset);
        }
        boolean overlaps = sourceOffset < targetOffset + size && targetOffset < sourceOffset + size;
        if (source.file() == target.file() && overlaps && size > 0) {
            throw Errno.EINVAL.because("a stretch can't be copied onto itself");
        }
        if (size >= shareBytesMin && files.share(source, sourceOffset, target, targetOffset, size)) {
            return size;
        }
        return copyBytes(source, sourceOffset, target, targetOffset, size);
    }

    private long copyBytes(FileHandle source, long sourceOffset, FileHandle target, long targetOffset, long size)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, COPY_BYTES));
        long copied = 0;
        try {
            while (copied < size) {
                buffer.clear().limit((int) Math.min(size - copied, buffer.capacity()));
                int readBytes = files.read(source, sourceOffset + copied, buffer);
                int writtenBytes = files.write(target, targetOffset + copied, buffer.flip());
                copied += writtenBytes;
                if (readBytes == 0 || writtenBytes < readBytes) {
                    return copied; // The source became shorter, or an error stopped the write.
                }
            }
        } catch (IOException error) {
            if (copied == 0) {
                throw error;
            }
        }
        return copied;
    }
}
