package org.needlefs.client.vfs.lock;

import org.needlefs.storage.Check;

/**
 * The bytes that a lock is about, both ends included.
 *
 * @param lastByte {@link #END_OF_FILE} if it reaches behind every end that the file will ever have
 */
public record LockRange(long firstByte, long lastByte) {
    public static final long END_OF_FILE = Long.MAX_VALUE;
    public static final LockRange ALL = new LockRange(0, END_OF_FILE);

    public LockRange {
        Check.that(firstByte >= 0 && firstByte <= lastByte, "a range starts in the file and before it ends");
    }

    boolean overlaps(LockRange other) {
        return firstByte <= other.lastByte && other.firstByte <= lastByte;
    }

    /** Whether the two together are one range without a gap. */
    boolean touches(LockRange other) {
        return overlaps(other) || endsBefore(other) || other.endsBefore(this);
    }

    LockRange joined(LockRange other) {
        return new LockRange(Math.min(firstByte, other.firstByte), Math.max(lastByte, other.lastByte));
    }

    private boolean endsBefore(LockRange other) {
        return lastByte != END_OF_FILE && lastByte + 1 == other.firstByte;
    }
}
