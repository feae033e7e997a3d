package org.needlefs.storage.segment;

/**
 * A segment file as the log knows it. Threading: what changes is written under the log's append lock and may be read
 * by anyone; a reader who sees {@code lastSequence} sees an end that covers it.
 */
final class Segment {
    private final SegmentHeader header;
    private volatile boolean sealed;
    private volatile long endBytes;
    private volatile long lastSequence;

    Segment(SegmentHeader header, boolean sealed, long endBytes, long lastSequence) {
        this.header = header;
        this.sealed = sealed;
        this.endBytes = endBytes;
        this.lastSequence = lastSequence;
    }

    long number() {
        return header.segment();
    }

    long nonce() {
        return header.nonce();
    }

    long firstSequence() {
        return header.firstSequence();
    }

    String fileName() {
        return SegmentHeader.fileName(number());
    }

    boolean sealed() {
        return sealed;
    }

    /** Behind the last record: what the log claims of the file. */
    long endBytes() {
        return endBytes;
    }

    long lastSequence() {
        return lastSequence;
    }

    void advance(long newEndBytes, long newLastSequence) {
        endBytes = newEndBytes;
        lastSequence = newLastSequence;
    }

    void seal() {
        sealed = true;
    }

    SegmentInfo info() {
        long last = lastSequence;
        return new SegmentInfo(number(), sealed, endBytes, firstSequence(), last);
    }
}
