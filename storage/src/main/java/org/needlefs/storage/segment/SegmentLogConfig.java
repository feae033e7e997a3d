package org.needlefs.storage.segment;

import java.util.UUID;
import org.needlefs.storage.Check;

/**
 * @param segmentSizeBytes of a segment file; a record that would not fit an empty one gets a larger one made for it, up
 *     to {@code bodySizeMaxBytes}
 * @param clusterId written into every file, compared at open
 * @param diskId likewise
 * @param durableFloor a sequence up to which the caller knows that records were durable (from an index's watermark):
 *     a damaged record up to there is damage, not a torn tail; 0 if nothing is known
 * @param bodySizeMaxBytes larger records are refused
 * @param openFilesMax files kept open for reading; those being read at the moment may exceed it
 * @param zeroAheadBytes writes zeros in steps of this size ahead of the records: a sync of blocks that were written before
 *     need not also note in the filesystem's journal that they are written now. For logs of small records that are
 *     synced often; large ones would pay for each byte twice. 0 leaves it
 */
public record SegmentLogConfig(
        long segmentSizeBytes,
        UUID clusterId,
        UUID diskId,
        long durableFloor,
        long bodySizeMaxBytes,
        int openFilesMax,
        int zeroAheadBytes) {
    private static final int OPEN_FILES_MAX = 256;

    public SegmentLogConfig {
        Check.that(segmentSizeBytes >= 2L * SegmentHeader.SIZE_BYTES, "segments of %d bytes", segmentSizeBytes);
        Check.that(durableFloor >= 0, "durable floor %d", durableFloor);
        Check.that(bodySizeMaxBytes >= 0, "largest body %d bytes", bodySizeMaxBytes);
        Check.that(bodySizeMaxBytes <= RecordFormat.BODY_SIZE_MAX_BYTES, "largest body %d bytes", bodySizeMaxBytes);
        Check.that(openFilesMax > 0, "%d open files", openFilesMax);
        Check.that(zeroAheadBytes >= 0, "%d bytes of zeros ahead", zeroAheadBytes);
    }

    /** No record larger than a segment. */
    public SegmentLogConfig(long segmentSizeBytes, UUID clusterId, UUID diskId, long durableFloor) {
        this(
                segmentSizeBytes,
                clusterId,
                diskId,
                durableFloor,
                RecordFormat.bodyFittingBytes(
                        segmentSizeBytes - SegmentHeader.SIZE_BYTES - RecordFormat.MARKER_SIZE_BYTES),
                OPEN_FILES_MAX,
                0);
    }

    public SegmentLogConfig withBodySizeMaxBytes(long sizeBytes) {
        return new SegmentLogConfig(
                segmentSizeBytes, clusterId, diskId, durableFloor, sizeBytes, openFilesMax, zeroAheadBytes);
    }

    public SegmentLogConfig withOpenFilesMax(int countMax) {
        return new SegmentLogConfig(
                segmentSizeBytes, clusterId, diskId, durableFloor, bodySizeMaxBytes, countMax, zeroAheadBytes);
    }

    public SegmentLogConfig withZeroAheadBytes(int stepBytes) {
        return new SegmentLogConfig(
                segmentSizeBytes, clusterId, diskId, durableFloor, bodySizeMaxBytes, openFilesMax, stepBytes);
    }
}
