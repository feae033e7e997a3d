package org.needlefs.storage.needle.index;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.needlefs.storage.ObjectId;

/**
 * What one transaction writes into the index.
 *
 * @param watermark all records up to this sequence are in the index once the batch is
 * @param seen no record behind this sequence has a part in the batch
 * @param entries new places of needles; empty for a needle that is gone
 * @param deadOffsets by segment: records that died since the last batch
 * @param usages by segment, as they are now
 * @param removedSegments whose dead list and usage go
 */
record IndexBatch(
        long watermark,
        long seen,
        Map<ObjectId, Optional<IndexEntry>> entries,
        Map<Long, long[]> deadOffsets,
        Map<Long, SegmentUsage> usages,
        Set<Long> removedSegments) {}
