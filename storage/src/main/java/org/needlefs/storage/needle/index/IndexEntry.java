package org.needlefs.storage.needle.index;

import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.segment.RecordPosition;

/**
 * Where a needle's newest record is, and its header, so that most questions need no look into the container.
 *
 * @param header as it stands in the record; never a tombstone's
 * @param sequence of the record in its log
 * @param segment that holds the record
 * @param offsetBytes of the record in the segment
 */
public record IndexEntry(NeedleHeader header, long sequence, long segment, long offsetBytes) {
    public IndexEntry {
        Check.that(!header.isTombstone(), "a tombstone in the index: %s", header.id());
        Check.that(sequence > 0 && segment >= 0 && offsetBytes >= 0, "needle %s at a place below 0", header.id());
    }

    public ObjectId id() {
        return header.id();
    }

    public RecordPosition position() {
        return new RecordPosition(segment, offsetBytes, NeedleHeader.SIZE_BYTES + header.sizeBytes());
    }

    /** Whether both name the same record. */
    public boolean samePlaceAs(IndexEntry other) {
        return sequence == other.sequence && segment == other.segment && offsetBytes == other.offsetBytes;
    }
}
