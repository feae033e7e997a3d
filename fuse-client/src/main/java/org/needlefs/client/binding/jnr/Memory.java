package org.needlefs.client.binding.jnr;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Memory of the process at addresses that libfuse handed over: as unchecked as C, so only this package may use it. */
final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}

    static int readShort(long address) {
        return ALL.get(JAVA_SHORT_UNALIGNED, address);
    }

    static int readInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    static long readLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    static void writeShort(long address, int value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, (short) value);
    }

    static void writeInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    static void writeLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    static void writeDouble(long address, double value) {
        ALL.set(JAVA_DOUBLE_UNALIGNED, address, value);
    }

    /** A copy of {@code sizeBytes} bytes. */
    static byte[] bytes(long address, int sizeBytes) {
        byte[] copy = new byte[sizeBytes];
        MemorySegment.copy(ALL, JAVA_BYTE, address, copy, 0, sizeBytes);
        return copy;
    }

    /** A copy of the bytes before the NUL that ends a C string. */
    static byte[] string(long address) {
        int sizeBytes = 0;
        while (ALL.get(JAVA_BYTE, address + sizeBytes) != 0) {
            sizeBytes++;
        }
        return bytes(address, sizeBytes);
    }

    static void clear(long address, long sizeBytes) {
        ALL.asSlice(address, sizeBytes).fill((byte) 0);
    }
}
