package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.DiskFile;

/**
 * Walks the records of one segment file between two offsets and steps over what is damaged: by the header's length if
 * the header is intact, else to the next place where an intact header with a later sequence stands. Bound: one buffer,
 * and one for the prefixes asked for. Threading: confined to one caller.
 */
final class SegmentScanner implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final FileWindow window;
    private final Segment segment;
    private final long limitBytes;
    private final long verifiedAbove;
    private final int prefixBytes;
    private long atBytes;
    private long expectedSequence;
    private ByteBuffer prefixBuffer = NOTHING;

    /** What stands at a place. */
    sealed interface Item {
        /** @param prefix the body's beginning, verified, borrowed until the next item */
        record Intact(RecordHeader header, long offsetBytes, ByteBuffer prefix) implements Item {}

        /**
         * @param missing the first sequence that should be here
         * @param headerIntact the size is that of the record, only its body is bad
         */
        record Damaged(long offsetBytes, long sizeBytes, long missing, boolean headerIntact, String why)
                implements Item {}
    }

    /** @param verifiedAbove bodies of later records are checked as a whole, others as far as the prefix touches them */
    SegmentScanner(
            DiskFile file, BufferPool pool, Segment segment, long limitBytes, int prefixBytes, long verifiedAbove) {
        this.window = new FileWindow(file, pool);
        this.segment = segment;
        this.limitBytes = limitBytes;
        this.prefixBytes = prefixBytes;
        this.verifiedAbove = verifiedAbove;
        this.atBytes = SegmentHeader.SIZE_BYTES;
        this.expectedSequence = segment.firstSequence();
    }

    /** The sequence that the next intact record should have. */
    long expectedSequence() {
        return expectedSequence;
    }

    Optional<Item> next() throws IOException {
        if (atBytes >= limitBytes) {
            return Optional.empty();
        }
        long offsetBytes = atBytes;
        ByteBuffer fixed = window.view(offsetBytes, RecordFormat.FIXED_SIZE_BYTES);
        Optional<String> fault = headerFault(fixed, offsetBytes);
        if (fault.isPresent()) {
            return Optional.of(skip(offsetBytes, fault.get()));
        }
        RecordHeader header = headerAt(offsetBytes);
        long due = header.marker() ? expectedSequence - 1 : expectedSequence;
        if (header.sequence() < due) {
            return Optional.of(skip(offsetBytes, "expected sequence " + due + ", found " + header.sequence()));
        }
        if (header.sequence() > due) {
            // The records between are gone without a trace: said first, the record itself comes with the next call.
            long missing = expectedSequence;
            expectedSequence = header.marker() ? header.sequence() + 1 : header.sequence();
            String why = "expected sequence " + due + ", found " + header.sequence();
            return Optional.of(new Item.Damaged(offsetBytes, 0, missing, false, why));
        }
        atBytes = offsetBytes + header.recordSizeBytes();
        if (!header.marker()) {
            expectedSequence = header.sequence() + 1;
        }
        Optional<String> bodyFault = readBody(header, offsetBytes);
        if (bodyFault.isPresent()) {
            long size = header.recordSizeBytes();
            return Optional.of(new Item.Damaged(offsetBytes, size, header.sequence(), true, bodyFault.get()));
        }
        return Optional.of(new Item.Intact(header, offsetBytes, prefixBuffer));
    }

    private Optional<String> headerFault(ByteBuffer fixed, long offsetBytes) throws IOException {
        long roomBytes = limitBytes - offsetBytes;
        if (fixed.limit() < RecordFormat.FIXED_SIZE_BYTES || roomBytes < RecordFormat.FIXED_SIZE_BYTES) {
            return Optional.of("only " + Math.min(fixed.limit(), roomBytes) + " bytes are left");
        }
        Optional<String> implausible = RecordFormat.implausible(fixed, roomBytes);
        if (implausible.isPresent()) {
            return implausible;
        }
        int sizeBytes = RecordFormat.headerSizeBytes(RecordFormat.bodySizeBytes(fixed));
        ByteBuffer whole = window.view(offsetBytes, sizeBytes);
        if (whole.limit() < sizeBytes) {
            return Optional.of("the file ends within the header");
        }
        return RecordFormat.faultOf(whole, segment.nonce(), offsetBytes);
    }

    private RecordHeader headerAt(long offsetBytes) throws IOException {
        return RecordFormat.header(window.view(offsetBytes, RecordFormat.FIXED_SIZE_BYTES));
    }

    /** Moves to the next intact header that may come after what is missing here, or to the limit. */
    private Item.Damaged skip(long offsetBytes, String why) throws IOException {
        long missing = expectedSequence;
        long candidate = offsetBytes + RecordFormat.ALIGNMENT_BYTES;
        while (candidate + RecordFormat.FIXED_SIZE_BYTES <= limitBytes) {
            ByteBuffer bytes = window.rest(candidate, RecordFormat.FIXED_SIZE_BYTES);
            if (bytes.limit() < RecordFormat.FIXED_SIZE_BYTES) {
                break;
            }
            int at = indexOfMagic(bytes);
            candidate += at < 0 ? alignedDown(bytes.limit()) : at;
            if (at >= 0 && standsAt(candidate)) {
                atBytes = candidate;
                return new Item.Damaged(offsetBytes, candidate - offsetBytes, missing, false, why);
            }
            candidate += at < 0 ? 0 : RecordFormat.ALIGNMENT_BYTES;
        }
        atBytes = limitBytes;
        return new Item.Damaged(offsetBytes, limitBytes - offsetBytes, missing, false, why);
    }

    /** Whether an intact header that may follow stands there; then it is what is expected next. */
    private boolean standsAt(long offsetBytes) throws IOException {
        if (headerFault(window.view(offsetBytes, RecordFormat.FIXED_SIZE_BYTES), offsetBytes)
                .isPresent()) {
            return false;
        }
        RecordHeader header = headerAt(offsetBytes);
        long due = header.marker() ? header.sequence() + 1 : header.sequence();
        if (due < expectedSequence) {
            return false;
        }
        expectedSequence = due;
        return true;
    }

    private static int alignedDown(int sizeBytes) {
        return sizeBytes & -RecordFormat.ALIGNMENT_BYTES;
    }

    private static int indexOfMagic(ByteBuffer bytes) {
        int end = bytes.limit() - Integer.BYTES;
        for (int at = 0; at <= end; at += RecordFormat.ALIGNMENT_BYTES) {
            if (bytes.getInt(at) == RecordFormat.MAGIC) {
                return at;
            }
        }
        return -1;
    }

    private Optional<String> readBody(RecordHeader header, long offsetBytes) throws IOException {
        int shownBytes = (int) Math.min(prefixBytes, header.bodySizeBytes());
        preparePrefix(shownBytes);
        long checkedBytes = header.sequence() > verifiedAbove ? header.bodySizeBytes() : shownBytes;
        int blockCount = RecordFormat.blockCount(checkedBytes);
        long bodyAt = offsetBytes + header.sizeBytes();
        int[] table = new int[blockCount];
        window.view(offsetBytes, header.sizeBytes())
                .position(RecordFormat.FIXED_SIZE_BYTES)
                .slice()
                .asIntBuffer()
                .get(table);
        for (int block = 0; block < blockCount; block++) {
            long blockAt = (long) block * RecordFormat.BLOCK_SIZE_BYTES;
            int expected = table[block];
            int sizeBytes = (int) Math.min(RecordFormat.BLOCK_SIZE_BYTES, header.bodySizeBytes() - blockAt);
            ByteBuffer bytes = window.view(bodyAt + blockAt, sizeBytes);
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            int found = (int) crc.getValue();
            if (bytes.limit() < sizeBytes || found != expected) {
                return Optional.of(String.format(
                        "record %d, body block %d: expected checksum %08x, found %08x",
                        header.sequence(), block, expected, found));
            }
            if (prefixBuffer.hasRemaining()) {
                int count = Math.min(sizeBytes, prefixBuffer.remaining());
                prefixBuffer.put(bytes.flip().limit(count));
            }
        }
        prefixBuffer.flip();
        return Optional.empty();
    }

    private void preparePrefix(int sizeBytes) {
        if (prefixBuffer.capacity() < sizeBytes) {
            prefixBuffer =
                    ByteBuffer.allocate(Math.max(sizeBytes, Math.min(prefixBytes, RecordFormat.BLOCK_SIZE_BYTES)));
        }
        prefixBuffer.clear().limit(sizeBytes);
    }

    @Override
    public void close() {
        window.close();
    }
}
