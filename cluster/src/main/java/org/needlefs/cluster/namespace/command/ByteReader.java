package org.needlefs.cluster.namespace.command;

import java.util.Arrays;
import org.needlefs.storage.CorruptDataException;

/** Reads what {@link ByteWriter} wrote. Throws {@link CorruptDataException} instead of reading beyond the end. */
public final class ByteReader {
    private final byte[] bytes;
    private final int endOffset;
    private int offset;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int endOffset) {
        this.bytes = bytes;
        this.offset = offset;
        this.endOffset = endOffset;
    }

    public int remainingBytes() {
        return endOffset - offset;
    }

    public int takeByte() throws CorruptDataException {
        need(1);
        return bytes[offset++] & 0xFF;
    }

    public boolean takeBoolean() throws CorruptDataException {
        int value = takeByte();
        if (value > 1) {
            throw new CorruptDataException("a flag is neither 0 nor 1 but " + value);
        }
        return value == 1;
    }

    public int takeInt() throws CorruptDataException {
        need(4);
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | (bytes[offset++] & 0xFF);
        }
        return value;
    }

    public long takeLong() throws CorruptDataException {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[offset++] & 0xFF);
        }
        return value;
    }

    public long takeVarint() throws CorruptDataException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = takeByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new CorruptDataException("a number of more than 64 bits");
    }

    /** A varint that is a size or count of at most {@code max}. */
    public int takeCount(int max) throws CorruptDataException {
        long value = takeVarint();
        if (value < 0 || value > max) {
            throw new CorruptDataException("a count of " + value + " where at most " + max + " can be");
        }
        return (int) value;
    }

    public long takeSigned() throws CorruptDataException {
        long value = takeVarint();
        return (value >>> 1) ^ -(value & 1);
    }

    public byte[] takeBytes() throws CorruptDataException {
        return takeRaw(takeCount(remainingBytes()));
    }

    public byte[] takeRaw(int sizeBytes) throws CorruptDataException {
        need(sizeBytes);
        offset += sizeBytes;
        return Arrays.copyOfRange(bytes, offset - sizeBytes, offset);
    }

    /** To be called when all should be read. */
    public void end() throws CorruptDataException {
        if (offset != endOffset) {
            throw new CorruptDataException(remainingBytes() + " bytes too many");
        }
    }

    private void need(int sizeBytes) throws CorruptDataException {
        if (endOffset - offset < sizeBytes) {
            throw new CorruptDataException("cut short: " + sizeBytes + " bytes wanted, " + remainingBytes() + " left");
        }
    }
}
