package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;
import org.needlefs.storage.segment.SegmentLog;

/**
 * What the log says of itself beside its commands.
 *
 * <pre>
 * BARRIER  byte format version, 8 bytes index: all commands up to the index were durable when this was written, and all
 *          objects that they put into files were too
 * CUT      byte format version, 8 bytes index: the records from the index up to this one are void
 * </pre>
 *
 * All numbers are big-endian.
 *
 * @param barrier the highest index of a barrier; 0 if there is none
 * @param cuts in the order of the log
 */
record LogMarks(long barrier, List<Cut> cuts) {
    static final byte BARRIER = 2;
    static final byte CUT = 3;
    private static final byte FORMAT_VERSION = 1;
    private static final int BODY_BYTES = 1 + Long.BYTES;

    /** Records {@code first} to {@code last} are void; the mark itself is {@code last}. */
    record Cut(long first, long last) {}

    LogMarks {
        cuts = List.copyOf(cuts);
    }

    /** Reads the marks among the records from {@code fromSequence} on. */
    static LogMarks scan(SegmentLog segments, long fromSequence) throws IOException {
        Scan scan = new Scan();
        segments.scan(fromSequence, BODY_BYTES, scan);
        return new LogMarks(scan.barrier, scan.cuts);
    }

    boolean isVoid(long sequence) {
        for (Cut cut : cuts) {
            if (cut.first() <= sequence && sequence <= cut.last()) {
                return true;
            }
        }
        return false;
    }

    LogMarks with(Cut cut) {
        List<Cut> more = new ArrayList<>(cuts);
        more.add(cut);
        return new LogMarks(barrier, more);
    }

    /** The body of a mark. */
    static ByteBuffer body(long index) {
        return ByteBuffer.allocate(BODY_BYTES)
                .put(FORMAT_VERSION)
                .putLong(index)
                .flip();
    }

    private static final class Scan implements RecordVisitor {
        private final List<Cut> cuts = new ArrayList<>();
        private long barrier;

        @Override
        public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
            if (type == BARRIER) {
                barrier = Math.max(barrier, index(sequence, prefix));
            } else if (type == CUT) {
                cuts.add(new Cut(index(sequence, prefix), sequence));
            }
        }

        private static long index(long sequence, ByteBuffer prefix) throws CorruptDataException {
            if (prefix.remaining() != BODY_BYTES || prefix.get() != FORMAT_VERSION) {
                throw new CorruptDataException("record " + sequence + " of the log is a mark of unknown format");
            }
            return prefix.getLong();
        }

        @Override
        public void damaged(long segment, long offsetBytes, long sizeBytes, String why) throws IOException {
            throw new CorruptDataException(
                    "the log is damaged in segment " + segment + " at " + offsetBytes + ": " + why);
        }
    }
}
