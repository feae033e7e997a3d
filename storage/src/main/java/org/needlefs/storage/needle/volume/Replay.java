package org.needlefs.storage.needle.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.needle.index.NeedleIndex;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;
import org.needlefs.storage.segment.SegmentLog;

/**
 * Brings the index up to what the containers say, record by record in the order of their sequences. Showing it a record
 * that the index knows already changes nothing. Threading: confined to the thread that opens the volume.
 */
final class Replay implements RecordVisitor {
    private final NeedleIndex index;
    private final DamageList damages;

    /** Everything up to here is in the index; read by the index's writer. */
    private volatile long completeUpTo;

    private long recordCount;
    private long deadSegment = -1;
    private Set<Long> deadOffsets = Set.of();

    Replay(NeedleIndex index, DamageList damages, long completeUpTo) {
        this.index = index;
        this.damages = damages;
        this.completeUpTo = completeUpTo;
    }

    long completeUpTo() {
        return completeUpTo;
    }

    long recordCount() {
        return recordCount;
    }

    @Override
    public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
        NeedleHeader header;
        try {
            header = NeedleHeader.readFrom(prefix);
        } catch (CorruptDataException bad) {
            // The record is as it was written, but nobody knows how to read it: a newer version, or a bug.
            damages.add(damage(position, String.valueOf(bad.getMessage())));
            return;
        }
        if (header.isTombstone()) {
            applyTombstone(header, sequence, position);
        } else if (header.sizeBytes() + NeedleHeader.SIZE_BYTES == position.bodySizeBytes()) {
            applyNeedle(new IndexEntry(header, sequence, position.segment(), position.offsetBytes()));
        } else {
            damages.add(damage(position, "needle " + header.id() + " has another size than its record"));
        }
        recordCount++;
        completeUpTo = sequence;
    }

    private void applyTombstone(NeedleHeader tombstone, long sequence, RecordPosition position) throws IOException {
        Optional<IndexEntry> known = index.find(tombstone.id());
        if (known.isPresent() && known.get().sequence() <= tombstone.killedSequence()) {
            index.remove(known.get(), recordBytes(known.get()));
        }
        index.addTombstone(
                position.segment(), tombstone, sequence, SegmentLog.recordSizeBytes(position.bodySizeBytes()));
    }

    private void applyNeedle(IndexEntry entry) throws IOException {
        Optional<IndexEntry> known = index.find(entry.id());
        if (known.isPresent() && known.get().samePlaceAs(entry)) {
            return;
        }
        if (known.isPresent()
                && !known.get().header().digest().equals(entry.header().digest())) {
            damages.add(new Damage(
                    entry.segment(),
                    entry.offsetBytes(),
                    recordBytes(entry),
                    "needle " + entry.id() + " exists with two contents, the other one in segment "
                            + known.get().segment()));
        }
        if (isDead(entry)) {
            return;
        }
        if (known.isPresent() && known.get().sequence() > entry.sequence()) {
            index.addDead(entry.segment(), entry.offsetBytes(), recordBytes(entry));
            return;
        }
        index.put(entry, known, known.isPresent() ? recordBytes(known.get()) : 0);
    }

    /** Whether the index had seen this record's end before it was closed. */
    private boolean isDead(IndexEntry entry) throws IOException {
        if (!index.mayHaveSeen(entry.sequence())) {
            return false;
        }
        if (deadSegment != entry.segment()) {
            deadSegment = entry.segment();
            deadOffsets = index.deadOffsets(entry.segment());
        }
        return deadOffsets.contains(entry.offsetBytes());
    }

    @Override
    public void damaged(long segment, long offsetBytes, long sizeBytes, String why) {
        damages.add(new Damage(segment, offsetBytes, sizeBytes, why));
    }

    private static Damage damage(RecordPosition position, String why) {
        return new Damage(
                position.segment(), position.offsetBytes(), SegmentLog.recordSizeBytes(position.bodySizeBytes()), why);
    }

    static long recordBytes(IndexEntry entry) {
        return SegmentLog.recordSizeBytes(entry.position().bodySizeBytes());
    }
}
