package org.needlefs.storage.needle.format;

import java.nio.ByteBuffer;

/** A SHA-256 digest as a value: what a needle's content is known by. */
public record Sha256(long first, long second, long third, long fourth) {
    public static final int SIZE_BYTES = 32;

    /** What stands where there is no content: in a tombstone. Not the digest of nothing. */
    public static final Sha256 NONE = new Sha256(0, 0, 0, 0);

    /** Reads 32 bytes from the buffer's position and advances it. */
    public static Sha256 readFrom(ByteBuffer buffer) {
        return new Sha256(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    public void writeTo(ByteBuffer buffer) {
        buffer.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    /** 64 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%016x%016x%016x%016x", first, second, third, fourth);
    }
}
