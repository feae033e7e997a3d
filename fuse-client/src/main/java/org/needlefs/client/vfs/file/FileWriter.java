package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.needlefs.client.vfs.buffer.ChunkBuffer;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;

/**
 * Takes written bytes into the buffers: one copy, seen at once by every reader of this mount. Writes of one file happen
 * one after the other, so that each is atomic against other writes and O_APPEND always meets the end.
 * Threading: any; holds the file's order lock while it waits for buffers. Borrows the caller's buffer until it returns.
 */
final class FileWriter {
    /** The kernel's own limit of a file's size. */
    private static final long SIZE_BYTES_MAX = Long.MAX_VALUE;

    /** A long write asks for buffers piece by piece, so that one writer never needs all of them at once. */
    private static final int PIECE_BYTES_MAX = 1 << 20;

    private final Geometry geometry;
    private final WriteBudget budget;
    private final Flusher flusher;
    private final SpaceCheck space;
    private final InstantSource clock;
    private final int pieceBytesMax;

    FileWriter(Geometry geometry, WriteBudget budget, Flusher flusher, SpaceCheck space, InstantSource clock) {
        this.geometry = geometry;
        this.budget = budget;
        this.flusher = flusher;
        this.space = space;
        this.clock = clock;
        long half = (long) budget.pool().pageCountMax() / 2 * budget.pool().pageSizeBytes();
        this.pieceBytesMax = Math.clamp(half, budget.pool().pageSizeBytes(), PIECE_BYTES_MAX);
    }

    /** Returns how many bytes were taken: fewer than there are only if an error stopped it behind the first piece. */
    int write(OpenInode file, boolean append, long offsetBytes, ByteBuffer from) throws IOException {
        int sizeBytes = from.remaining();
        if (sizeBytes == 0) {
            return 0;
        }
        space.take(sizeBytes, (long) budget.pool().usedCount() * budget.pool().pageSizeBytes());
        file.order().lock();
        try {
            long position = append ? file.sizeBytes() : offsetBytes;
            if (position < 0) {
                throw Errno.EINVAL.because("offset %d", position);
            }
            if (position > SIZE_BYTES_MAX - sizeBytes) {
                throw Errno.EFBIG.because("a file of more than %d bytes", SIZE_BYTES_MAX);
            }
            return writePieces(file, position, from);
        } finally {
            file.order().unlock();
        }
    }

    private int writePieces(OpenInode file, long position, ByteBuffer from) throws IOException {
        int takenBytes = 0;
        try {
            while (from.hasRemaining()) {
                takenBytes += writePiece(file, position + takenBytes, from);
            }
        } catch (FsException refused) {
            if (takenBytes == 0) {
                throw refused;
            }
        }
        return takenBytes;
    }

    private int writePiece(OpenInode file, long position, ByteBuffer from) throws IOException {
        int chunkSize = geometry.chunkSizeBytes();
        int chunkOffset = (int) (position % chunkSize);
        int size = Math.min(Math.min(from.remaining(), pieceBytesMax), chunkSize - chunkOffset);
        int pageCount = ChunkBuffer.pageCount(budget.pool().pageSizeBytes(), chunkOffset, size);
        budget.reserve(pageCount);
        OpenInode.Taken taken = new OpenInode.Taken(0, false);
        try {
            taken = file.write(position / chunkSize, chunkOffset, from, size, FileChanges.nanos(clock.instant()));
        } finally {
            budget.pool().cancel(pageCount - taken.pageCount());
        }
        if (taken.frozen()) {
            flusher.uploadSoon(file);
        }
        return size;
    }
}
