package org.needlefs.cluster.namespace.store;

/**
 * Bounds of a {@link StateStore}.
 *
 * @param overlayBytes changes that wait in memory; twice as much while they are being written
 * @param flushMillis changes wait no longer than about this
 * @param pageCacheBytes of Xodus
 */
public record StoreLimits(long overlayBytes, long flushMillis, long pageCacheBytes) {}
