package org.needlefs.storage.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A file's content in memory: as long as is said, zeros where nothing was written. Threading: confined to its disk's lock. */
final class SparseBytes {
    private byte[] written = new byte[0];
    private long sizeBytes;

    long sizeBytes() {
        return sizeBytes;
    }

    SparseBytes copy() {
        SparseBytes copy = new SparseBytes();
        copy.written = written.clone();
        copy.sizeBytes = sizeBytes;
        return copy;
    }

    /** Cuts or extends with zeros. */
    void resize(long newSizeBytes) {
        if (newSizeBytes < written.length) {
            written = Arrays.copyOf(written, (int) newSizeBytes);
        }
        sizeBytes = newSizeBytes;
    }

    void write(long offsetBytes, byte[] from, int start, int count) {
        if (count == 0) {
            return;
        }
        int end = Math.toIntExact(offsetBytes + count);
        if (end > written.length) {
            written =
                    Arrays.copyOf(written, Math.max(end, Math.min(2 * written.length, (int) Math.max(end, sizeBytes))));
        }
        System.arraycopy(from, start, written, (int) offsetBytes, count);
        sizeBytes = Math.max(sizeBytes, end);
    }

    int read(long offsetBytes, ByteBuffer into) {
        int count = (int) Math.max(0, Math.min(into.remaining(), sizeBytes - offsetBytes));
        int present = (int) Math.max(0, Math.min(count, written.length - offsetBytes));
        into.put(written, present == 0 ? 0 : (int) offsetBytes, present);
        for (int at = present; at < count; at++) {
            into.put((byte) 0);
        }
        return count;
    }

    void flip(long offsetBytes, int bit) {
        ByteBuffer one = ByteBuffer.allocate(1);
        read(offsetBytes, one);
        write(offsetBytes, new byte[] {(byte) (one.get(0) ^ (1 << bit))}, 0, 1);
    }
}
