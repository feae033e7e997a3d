package org.needlefs.storage.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import org.needlefs.storage.OutOfSpaceException;

/**
 * A file of a {@link LocalDisk}. Small writes are joined into one pooled buffer and one system call; large ones go out
 * as they are. Heap buffers pass through in pieces, so that the JDK never keeps a native copy as large as a body.
 * Threading: any; positional reads and writes do not wait for each other.
 */
final class LocalFile implements DiskFile {
    /** Up to here copying costs less than a second system call. */
    private static final int JOIN_MAX_BYTES = 32 * 1024;
    /** The JDK copies heap buffers into a native one of the same size and keeps that: more than this is cut up. */
    private static final int HEAP_PIECE_BYTES = 256 * 1024;

    private static final int ZEROS_BYTES = 1024 * 1024;
    private static final BufferPool JOINED = new BufferPool(JOIN_MAX_BYTES, 16);

    private final Path path;
    private final FileChannel channel;

    LocalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public int read(long offsetBytes, ByteBuffer into) throws IOException {
        int start = into.position();
        int end = into.limit();
        try {
            while (into.position() < end) {
                into.limit(pieceEnd(into, end));
                int count = channel.read(into, offsetBytes + into.position() - start);
                if (count < 0) {
                    break;
                }
            }
        } finally {
            into.limit(end);
        }
        return into.position() - start;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer... from) throws IOException {
        long totalBytes = 0;
        for (ByteBuffer buffer : from) {
            totalBytes += buffer.remaining();
        }
        try {
            if (from.length > 1 && totalBytes <= JOIN_MAX_BYTES) {
                writeJoined(offsetBytes, from);
                return;
            }
            long at = offsetBytes;
            for (ByteBuffer buffer : from) {
                int size = buffer.remaining();
                writeOne(at, buffer);
                at += size;
            }
        } catch (IOException failure) {
            throw explained(failure);
        }
    }

    private void writeJoined(long offsetBytes, ByteBuffer... from) throws IOException {
        ByteBuffer joined = JOINED.take();
        try {
            for (ByteBuffer buffer : from) {
                joined.put(buffer);
            }
            writeOne(offsetBytes, joined.flip());
        } finally {
            JOINED.give(joined);
        }
    }

    private void writeOne(long offsetBytes, ByteBuffer from) throws IOException {
        int start = from.position();
        int end = from.limit();
        try {
            while (from.position() < end) {
                from.limit(pieceEnd(from, end));
                channel.write(from, offsetBytes + from.position() - start);
            }
        } finally {
            from.limit(end);
        }
    }

    private static int pieceEnd(ByteBuffer buffer, int end) {
        return buffer.isDirect() ? end : Math.min(end, buffer.position() + HEAP_PIECE_BYTES);
    }

    @Override
    public void preallocate(long sizeBytes) throws IOException {
        long presentBytes = channel.size();
        if (presentBytes >= sizeBytes) {
            return;
        }
        long usableBytes = usableBytes();
        if (sizeBytes - presentBytes > usableBytes) {
            // The kernel would first take all there is, from everybody else, and then refuse.
            throw new OutOfSpaceException("no space left for " + path + ": it needs " + (sizeBytes - presentBytes)
                    + " bytes more, there are " + usableBytes);
        }
        try {
            if (!NativeAllocation.allocate(path, sizeBytes)) {
                writeZeros(presentBytes, sizeBytes);
            }
        } catch (IOException failure) {
            channel.truncate(presentBytes);
            throw failure;
        }
    }

    private void writeZeros(long fromBytes, long toBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, toBytes - fromBytes));
        for (long at = fromBytes; at < toBytes; at += zeros.capacity()) {
            write(at, zeros.clear().limit((int) Math.min(zeros.capacity(), toBytes - at)));
        }
    }

    private long usableBytes() {
        return path.toFile().getUsableSpace();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        if (channel.size() < sizeBytes) {
            throw new EOFException(path + " has " + channel.size() + " bytes, cannot cut it to " + sizeBytes);
        }
        channel.truncate(sizeBytes);
    }

    @Override
    public void sync() throws IOException {
        try {
            channel.force(false);
        } catch (IOException failure) {
            throw explained(failure);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The JDK tells a full disk only by the text of the exception, and the text may be translated. */
    private IOException explained(IOException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = text.contains("no space left") || text.contains("quota exceeded") || usableBytes() == 0;
        if (!full) {
            return new IOException("cannot write " + path + ": " + failure.getMessage(), failure);
        }
        OutOfSpaceException outOfSpace = new OutOfSpaceException("no space left for " + path);
        outOfSpace.initCause(failure);
        return outOfSpace;
    }
}
