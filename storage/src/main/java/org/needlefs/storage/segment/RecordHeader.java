package org.needlefs.storage.segment;

/**
 * What {@link RecordFormat} says of a record, without its block table.
 *
 * @param marker written by the log itself: all records up to {@code durableSequence} were durable here
 * @param sequence its own; a marker's is that of the record before
 * @param durableSequence the last one known to be durable when this one was appended
 */
record RecordHeader(byte type, boolean marker, long bodySizeBytes, long sequence, long durableSequence) {
    static RecordHeader marker(long durableSequence) {
        return new RecordHeader((byte) 0, true, 0, durableSequence, durableSequence);
    }

    int sizeBytes() {
        return RecordFormat.headerSizeBytes(bodySizeBytes);
    }

    long recordSizeBytes() {
        return RecordFormat.recordSizeBytes(bodySizeBytes);
    }
}
