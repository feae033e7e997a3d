package org.needlefs.test.model;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** The bytes of a file of the model: pages, and zeros where there is none. Threading: one thread. */
final class ModelContent {
    private static final int PAGE_BYTES = 1 << 12;

    private final SortedMap<Long, byte[]> pages = new TreeMap<>();
    private long size;

    long size() {
        return size;
    }

    byte[] read(long offset, int count) {
        byte[] bytes = new byte[Math.clamp(size - offset, 0, count)];
        for (int at = 0; at < bytes.length; ) {
            long position = offset + at;
            int inPage = (int) (position % PAGE_BYTES);
            int length = Math.min(bytes.length - at, PAGE_BYTES - inPage);
            byte[] page = pages.get(position / PAGE_BYTES);
            if (page != null) {
                System.arraycopy(page, inPage, bytes, at, length);
            }
            at += length;
        }
        return bytes;
    }

    void write(long offset, byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            long position = offset + at;
            int inPage = (int) (position % PAGE_BYTES);
            int length = Math.min(bytes.length - at, PAGE_BYTES - inPage);
            byte[] page = pages.computeIfAbsent(position / PAGE_BYTES, ignored -> new byte[PAGE_BYTES]);
            System.arraycopy(bytes, at, page, inPage, length);
            at += length;
        }
        extend(offset + bytes.length);
    }

    void extend(long sizeAtLeast) {
        size = Math.max(size, sizeAtLeast);
    }

    void truncate(long newSize) {
        if (newSize < size) {
            zero(newSize, size - newSize);
        }
        size = newSize;
    }

    void zero(long offset, long count) {
        long end = Math.min(offset + count, size);
        for (long position = offset; position < end; ) {
            int inPage = (int) (position % PAGE_BYTES);
            int length = (int) Math.min(end - position, PAGE_BYTES - inPage);
            if (length == PAGE_BYTES) {
                pages.remove(position / PAGE_BYTES);
            } else if (pages.containsKey(position / PAGE_BYTES)) {
                Arrays.fill(pages.get(position / PAGE_BYTES), inPage, inPage + length, (byte) 0);
            }
            position += length;
        }
    }
}
