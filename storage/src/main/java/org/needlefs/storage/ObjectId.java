package org.needlefs.storage;

import java.nio.ByteBuffer;

/**
 * Names an immutable object for ever: whoever creates it owns {@code high} (a session that the namespace gave out once)
 * and counts {@code low} up, so ids never repeat and grow with time, which keeps the index's pages together.
 * Ordered as an unsigned 128-bit number.
 */
public record ObjectId(long high, long low) implements Comparable<ObjectId> {
    public static final int SIZE_BYTES = 16;

    /** Reads 16 big-endian bytes from the buffer's position and advances it. */
    public static ObjectId readFrom(ByteBuffer buffer) {
        return new ObjectId(buffer.getLong(), buffer.getLong());
    }

    /** Writes 16 big-endian bytes at the buffer's position and advances it; the byte order equals {@link #compareTo}. */
    public void writeTo(ByteBuffer buffer) {
        buffer.putLong(high).putLong(low);
    }

    @Override
    public int compareTo(ObjectId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
