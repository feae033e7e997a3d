package org.needlefs.client.vfs.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.needlefs.cluster.model.Extent;

/** Puts a stretch of a chunk together from its extents; what none covers is zeros. Threading: any. */
public final class ExtentReader {
    private static final byte[] ZEROS = new byte[64 << 10];

    private final BlockCache blocks;

    public ExtentReader(BlockCache blocks) {
        this.blocks = blocks;
    }

    /** Fills {@code into}, which has the size of the stretch. @throws java.io.FileNotFoundException an object is gone */
    public void read(List<Extent> extents, int chunkFrom, int chunkTo, ByteBuffer into) throws IOException {
        int position = chunkFrom;
        for (int i = firstEndingAfter(extents, chunkFrom); i < extents.size() && position < chunkTo; i++) {
            Extent extent = extents.get(i);
            int start = Math.clamp(extent.chunkOffsetBytes(), position, chunkTo);
            zero(into, start - position);
            int end = Math.min(extent.chunkEndBytes(), chunkTo);
            if (start < end) {
                int objectOffset = extent.objectOffsetBytes() + start - extent.chunkOffsetBytes();
                ByteBuffer part = into.slice(into.position(), end - start);
                blocks.read(extent.object(), objectOffset, knownEnd(extents, i), part);
                into.position(into.position() + end - start);
            }
            position = Math.max(start, end);
        }
        zero(into, chunkTo - position);
    }

    /** Loads blocks of a stretch into the cache. */
    public void prefetch(List<Extent> extents, int chunkFrom, int chunkTo) throws IOException {
        for (int i = firstEndingAfter(extents, chunkFrom); i < extents.size(); i++) {
            Extent extent = extents.get(i);
            int start = Math.max(extent.chunkOffsetBytes(), chunkFrom);
            int end = Math.min(extent.chunkEndBytes(), chunkTo);
            if (start >= end) {
                return;
            }
            int shift = extent.objectOffsetBytes() - extent.chunkOffsetBytes();
            blocks.prefetch(extent.object(), start + shift, end + shift, knownEnd(extents, i));
        }
    }

    static int firstEndingAfter(List<Extent> extents, int chunkOffset) {
        int low = 0;
        int high = extents.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (extents.get(middle).chunkEndBytes() <= chunkOffset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * How far the object of an extent reaches at least: neighbours often are of the same object, one behind the other. A
     * block may be read up to there.
     */
    private static int knownEnd(List<Extent> extents, int index) {
        Extent last = extents.get(index);
        int end = last.objectOffsetBytes() + last.sizeBytes();
        for (int i = index + 1; i < extents.size() && i < index + 16; i++) {
            Extent next = extents.get(i);
            if (next.object().equals(last.object())) {
                end = Math.max(end, next.objectOffsetBytes() + next.sizeBytes());
            }
        }
        return end;
    }

    private static void zero(ByteBuffer into, int sizeBytes) {
        int left = sizeBytes;
        while (left > 0) {
            int size = Math.min(left, ZEROS.length);
            into.put(ZEROS, 0, size);
            left -= size;
        }
    }
}
