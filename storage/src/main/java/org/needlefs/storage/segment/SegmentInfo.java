package org.needlefs.storage.segment;

/** @param usedBytes headers and bodies, the file's own header included; never shrinks */
public record SegmentInfo(long segment, boolean sealed, long usedBytes, long firstSequence, long lastSequence) {}
