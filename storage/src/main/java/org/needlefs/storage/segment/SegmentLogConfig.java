package org.needlefs.storage.segment;

import java.util.UUID;

/**
 * @param segmentSizeBytes of a segment file; a record that would not fit an empty one is refused
 * @param clusterId written into every file, compared at open
 * @param diskId likewise
 * @param durableFloor a sequence up to which the caller knows that records were durable (from an index's watermark):
 *     a damaged record up to there is damage, not a torn tail; 0 if nothing is known
 */
public record SegmentLogConfig(long segmentSizeBytes, UUID clusterId, UUID diskId, long durableFloor) {}
