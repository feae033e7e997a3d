package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.DiskFile;
import org.needlefs.storage.segment.SegmentScanner.Item;

/**
 * Finds where the newest segment ends after a crash. What no evidence calls durable is cut off from the first bad
 * record on; what was durable is kept, the damage in it too, and found again by every scan. Evidence is what later
 * intact records and markers say of themselves, and the caller's floor. Pure but for reading.
 */
final class Recovery {
    private final DiskFile file;
    private final BufferPool pool;
    private final Segment segment;
    private final long fileSizeBytes;

    private Recovery(DiskFile file, BufferPool pool, Segment segment, long fileSizeBytes) {
        this.file = file;
        this.pool = pool;
        this.segment = segment;
        this.fileSizeBytes = fileSizeBytes;
    }

    /**
     * @param endBytes the file is valid up to here
     * @param lastSequence the last record before the end; a damaged one counts
     * @param damagedCount ranges that were durable and are not intact
     */
    record End(long endBytes, long lastSequence, int damagedCount) {}

    /** The marker at the very end of a file that was closed or sealed; empty if there is none. */
    static Optional<RecordHeader> trailingMarker(DiskFile file, long nonce) throws IOException {
        long markerAt = file.sizeBytes() - RecordFormat.MARKER_SIZE_BYTES;
        if (markerAt < SegmentHeader.SIZE_BYTES || markerAt % RecordFormat.ALIGNMENT_BYTES != 0) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.MARKER_SIZE_BYTES);
        int count = file.read(markerAt, bytes);
        bytes.flip();
        if (count < RecordFormat.MARKER_SIZE_BYTES
                || RecordFormat.implausible(bytes, RecordFormat.MARKER_SIZE_BYTES)
                        .isPresent()
                || RecordFormat.bodySizeBytes(bytes) != 0
                || RecordFormat.faultOf(bytes.limit(RecordFormat.FIXED_SIZE_BYTES), nonce, markerAt)
                        .isPresent()) {
            return Optional.empty();
        }
        return Optional.of(RecordFormat.header(bytes)).filter(RecordHeader::marker);
    }

    /** @param segment ends at its header so far */
    static End findEnd(DiskFile file, BufferPool pool, Segment segment, long durableFloor) throws IOException {
        Recovery recovery = new Recovery(file, pool, segment, file.sizeBytes());
        // Headers alone tell what was durable; bodies need checking only behind that.
        long durable = Math.max(durableFloor, recovery.walk(Long.MAX_VALUE).durableSequence());
        durable = Math.max(durable, segment.firstSequence() - 1);
        return recovery.decide(recovery.walk(durable), durable);
    }

    /** @param followedBy the sequence that what stands behind it has or should have; empty if nothing does */
    private record Range(Item.Damaged damaged, Optional<Long> followedBy) {}

    private record Walk(List<Range> ranges, long endBytes, long lastSequence, long durableSequence) {}

    private Walk walk(long verifiedAbove) throws IOException {
        List<Range> ranges = new ArrayList<>();
        Optional<Item.Damaged> open = Optional.empty();
        long endBytes = SegmentHeader.SIZE_BYTES;
        long lastSequence = segment.firstSequence() - 1;
        long durableSequence = 0;
        try (SegmentScanner scanner = new SegmentScanner(file, pool, segment, fileSizeBytes, 0, verifiedAbove)) {
            for (Optional<Item> item = scanner.next(); item.isPresent(); item = scanner.next()) {
                switch (item.get()) {
                    case Item.Intact intact -> {
                        RecordHeader header = intact.header();
                        long next = header.marker() ? header.sequence() + 1 : header.sequence();
                        open.ifPresent(damaged -> ranges.add(new Range(damaged, Optional.of(next))));
                        open = Optional.empty();
                        endBytes = intact.offsetBytes() + header.recordSizeBytes();
                        lastSequence = header.sequence();
                        durableSequence = Math.max(durableSequence, header.durableSequence());
                    }
                    case Item.Damaged damaged -> {
                        open.ifPresent(before -> ranges.add(new Range(before, Optional.of(damaged.missing()))));
                        open = Optional.of(damaged);
                    }
                }
            }
        }
        open.ifPresent(damaged -> ranges.add(new Range(damaged, Optional.empty())));
        return new Walk(ranges, endBytes, lastSequence, durableSequence);
    }

    private End decide(Walk walk, long durable) throws IOException {
        int damagedCount = 0;
        for (Range range : walk.ranges()) {
            Item.Damaged damaged = range.damaged();
            if (damaged.missing() > durable) {
                return new End(damaged.offsetBytes(), damaged.missing() - 1, damagedCount);
            }
            damagedCount++;
            long damagedEndBytes = damaged.offsetBytes() + damaged.sizeBytes();
            if (range.followedBy().isEmpty()) {
                long endBytes = damaged.headerIntact() ? damagedEndBytes : lastWrittenBytes(damaged.offsetBytes());
                return new End(endBytes, durable, damagedCount);
            }
            if (range.followedBy().get() - 1 > durable) {
                // Durable and torn records went down together; the ones behind were never durable and would leave a
                // gap.
                return new End(damagedEndBytes, durable, damagedCount);
            }
        }
        return new End(walk.endBytes(), Math.max(walk.lastSequence(), durable), damagedCount);
    }

    /** Behind the last byte of the file that is not zero, at a place where a record may start. */
    private long lastWrittenBytes(long fromBytes) throws IOException {
        long endBytes = fromBytes;
        try (FileWindow window = new FileWindow(file, pool)) {
            long atBytes = fromBytes;
            while (atBytes < fileSizeBytes) {
                ByteBuffer bytes = window.rest(atBytes, 1);
                if (!bytes.hasRemaining()) {
                    break;
                }
                for (int at = bytes.limit() - 1; at >= 0; at--) {
                    if (bytes.get(at) != 0) {
                        endBytes = atBytes + at + 1;
                        break;
                    }
                }
                atBytes += bytes.limit();
            }
        }
        return RecordFormat.align(endBytes);
    }
}
