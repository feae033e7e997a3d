package org.needlefs.storage.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.needlefs.storage.disk.Disk;

/**
 * Append-only records in preallocated segment files; the one thing through which bytes become durable. Skeleton of the
 * interface: the work is in progress.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class SegmentLog implements Closeable {
    /** Opens or makes the log of a directory. Torn records at the very end are cut off; records are not read otherwise. */
    public static SegmentLog open(Disk disk, SegmentLogConfig config) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends a record of the buffers' remaining bytes and returns its place. Readable at once, survives the death of
     * this process; durable after {@link #sync}. Sequences are dense and start at 1.
     */
    public Appended append(byte type, ByteBuffer... body) throws IOException {
        throw new UnsupportedOperationException();
    }

    public record Appended(long sequence, RecordPosition position) {}

    /** Returns once all records up to {@code sequence} are durable: many callers share one fdatasync. */
    public void sync(long sequence) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The last record appended; 0 if none ever was. */
    public long lastSequence() {
        throw new UnsupportedOperationException();
    }

    /** The last record known to be durable. */
    public long durableSequence() {
        throw new UnsupportedOperationException();
    }

    /** Fills {@code into} from the body at {@code bodyOffsetBytes}, verifying each 64 KiB block that it touches. */
    public void read(RecordPosition position, long bodyOffsetBytes, ByteBuffer into) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Shows all records with a sequence of at least {@code fromSequence}, with up to {@code prefixBytes} of each body. */
    public void scan(long fromSequence, int prefixBytes, RecordVisitor visitor) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Shows the records of one segment. */
    public void scanSegment(long segment, int prefixBytes, RecordVisitor visitor) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** All segments, oldest first. */
    public List<SegmentInfo> segments() {
        throw new UnsupportedOperationException();
    }

    /** Seals the newest segment, so that it can be removed; appends go on in a new one. */
    public void roll() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Deletes a sealed segment and makes that durable. Its records are gone; sequences are not reused. */
    public void remove(long segment) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
