package org.needlefs.storage.needle.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Decides whether a put still fits without touching the reserve. Follows where the log will put records: into the rest of the
 * newest segment, else into a new one. {@link #measured} sets it right whenever a segment was made or removed; in between
 * it may be off by the records that are being written at that moment, which the reserve covers. Threading: any.
 */
final class SpaceGate {
    private final long segmentRoomBytes;

    @GuardedBy("this")
    private long tailBytes;

    @GuardedBy("this")
    private long newSegments;

    /** @param segmentRoomBytes for records in an empty segment */
    SpaceGate(long segmentRoomBytes) {
        this.segmentRoomBytes = segmentRoomBytes;
    }

    /**
     * @param tailUnusedBytes for records in the newest segment
     * @param usableBytes of the disk
     * @param reserveBytes that puts must leave alone
     * @param segmentSizeBytes of a segment's file
     */
    synchronized void measured(long tailUnusedBytes, long usableBytes, long reserveBytes, long segmentSizeBytes) {
        long deficitBytes = Math.max(0, reserveBytes - usableBytes);
        tailBytes = Math.max(0, tailUnusedBytes - deficitBytes);
        newSegments = Math.max(0, usableBytes - reserveBytes) / segmentSizeBytes;
    }

    /** Takes room for a record; false if there is none. */
    synchronized boolean take(long recordBytes) {
        if (recordBytes <= tailBytes) {
            tailBytes -= recordBytes;
            return true;
        }
        if (newSegments > 0 && recordBytes <= segmentRoomBytes) {
            newSegments--;
            tailBytes = segmentRoomBytes - recordBytes;
            return true;
        }
        return false;
    }

    /** What can still be taken, in records that fill segments to the end. */
    synchronized long availableBytes() {
        return tailBytes + newSegments * segmentRoomBytes;
    }

    /** Whether the next new segment would be the last one. */
    synchronized boolean nearlyFull() {
        return newSegments <= 1;
    }
}
