package org.needlefs.storage.segment;

/**
 * Where a record stands.
 *
 * @param segment number of the segment file
 * @param offsetBytes of the record's header in the file
 * @param bodySizeBytes of its body
 */
public record RecordPosition(long segment, long offsetBytes, long bodySizeBytes) {}
