package org.needlefs.cluster.namespace;

import org.needlefs.cluster.namespace.state.NameHash;

/**
 * Bounds of a namespace; sizes are bytes.
 *
 * @param overlayBytes changes that wait in memory to be written to the state; twice as much while they are written.
 *     Also bounds how much log is replayed after the death of the process
 * @param flushMillis changes wait no longer than about this
 * @param pageCacheBytes pages of the state in memory
 * @param rowCacheBytes decoded rows in memory
 * @param segmentBytes of a file of the log
 * @param checkpointAfterBytes of log, or as many as the last checkpoint has: then another is taken
 * @param reserveBytes left free on the disk of the log, for deletes
 * @param hashBitCount of a name's hash; fewer than {@link NameHash#BIT_COUNT} only to make names collide in tests
 */
public record NamespaceLimits(
        long overlayBytes,
        long flushMillis,
        long pageCacheBytes,
        long rowCacheBytes,
        long segmentBytes,
        long checkpointAfterBytes,
        long reserveBytes,
        int hashBitCount) {
    private static final long MIB = 1 << 20;

    public static final NamespaceLimits DEFAULT =
            new NamespaceLimits(16 * MIB, 5_000, 48 * MIB, 48 * MIB, 64 * MIB, 64 * MIB, 256 * MIB, NameHash.BIT_COUNT);
}
