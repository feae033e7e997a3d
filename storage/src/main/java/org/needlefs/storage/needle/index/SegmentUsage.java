package org.needlefs.storage.needle.index;

/**
 * What of a segment is no longer needed.
 *
 * @param deadBytes of records that were deleted, moved or superseded
 * @param deadCount of such records
 * @param tombstoneBytes of tombstones, which may be needed as long as what they killed exists
 * @param killedLowest sequence that any of these tombstones killed or that its copy was taken from; 0 if there are none
 * @param killedHighest likewise
 */
public record SegmentUsage(long deadBytes, long deadCount, long tombstoneBytes, long killedLowest, long killedHighest) {
    public static final SegmentUsage NONE = new SegmentUsage(0, 0, 0, 0, 0);

    SegmentUsage plusDead(long sizeBytes) {
        return new SegmentUsage(deadBytes + sizeBytes, deadCount + 1, tombstoneBytes, killedLowest, killedHighest);
    }

    SegmentUsage plusTombstone(long sizeBytes, long killedSequence, long previousSequence) {
        long lowest = previousSequence == 0 ? killedSequence : Math.min(killedSequence, previousSequence);
        return new SegmentUsage(
                deadBytes,
                deadCount,
                tombstoneBytes + sizeBytes,
                killedLowest == 0 ? lowest : Math.min(killedLowest, lowest),
                Math.max(killedHighest, killedSequence));
    }
}
