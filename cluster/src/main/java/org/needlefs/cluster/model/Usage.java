package org.needlefs.cluster.model;

/**
 * What {@code statfs} shows.
 *
 * @param availableBytes that a writer can still store; what deletes and compaction keep in reserve is taken off
 */
public record Usage(long totalBytes, long availableBytes, long inodeCount, long inodeCountMax) {}
