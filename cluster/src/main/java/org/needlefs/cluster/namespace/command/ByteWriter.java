package org.needlefs.cluster.namespace.command;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Grows a row of bytes: big-endian numbers, and variable-length ones of 7 bits a byte, lowest first. Not thread-safe. */
public final class ByteWriter {
    private byte[] bytes;
    private int sizeBytes;

    public ByteWriter(int capacityBytes) {
        bytes = new byte[Math.max(16, capacityBytes)];
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /** Forgets all, keeps the capacity. */
    public ByteWriter clear() {
        sizeBytes = 0;
        return this;
    }

    public ByteWriter putByte(int value) {
        ensure(1);
        bytes[sizeBytes++] = (byte) value;
        return this;
    }

    public ByteWriter putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    public ByteWriter putInt(int value) {
        ensure(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[sizeBytes++] = (byte) (value >>> shift);
        }
        return this;
    }

    public ByteWriter putLong(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[sizeBytes++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** 1 byte below 128, 10 for a negative number. */
    public ByteWriter putVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[sizeBytes++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[sizeBytes++] = (byte) rest;
        return this;
    }

    /** As {@link #putVarint}, short for small numbers of either sign. */
    public ByteWriter putSigned(long value) {
        return putVarint((value << 1) ^ (value >> 63));
    }

    /** The length as a varint, then the bytes. */
    public ByteWriter putBytes(byte[] value) {
        putVarint(value.length);
        return putRaw(value);
    }

    public ByteWriter putRaw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, sizeBytes, value.length);
        sizeBytes += value.length;
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, sizeBytes);
    }

    /** The bytes written so far, lent until the next call of this writer. */
    public ByteBuffer lent() {
        return ByteBuffer.wrap(bytes, 0, sizeBytes);
    }

    private void ensure(int moreBytes) {
        if (bytes.length - sizeBytes < moreBytes) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, sizeBytes + moreBytes));
        }
    }
}
