package org.needlefs.client.vfs.buffer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.needlefs.storage.Check;

/**
 * What was written into one chunk of a file and is not committed yet: pages, and the ranges of them that count.
 *
 * <p>Once frozen its bytes never change any more, so that they can be uploaded without a lock; a later write goes into
 * another buffer laid above. Only ranges can still be cut away, by a truncation: what was uploaded stays uploaded, but is
 * not committed. Threading: confined to the file's memory lock, except {@link #body} and {@link #layout} of a frozen one.
 */
public final class ChunkBuffer {
    private final PagePool pool;
    private final long chunkIndex;

    /** Page of each stretch of a page's size, {@link PagePool#NONE} if nothing was written there. */
    private int[] pages = {};

    /** What was written, and what of it is not cut off. The same object until something is cut from a frozen buffer. */
    private RangeSet written = new RangeSet();

    private RangeSet live = written;
    private boolean frozen;

    public ChunkBuffer(PagePool pool, long chunkIndex) {
        this.pool = pool;
        this.chunkIndex = chunkIndex;
    }

    public long chunkIndex() {
        return chunkIndex;
    }

    /** The most pages that a write of this place needs. */
    public static int pageCount(int pageSizeBytes, int chunkOffset, int sizeBytes) {
        return (chunkOffset + sizeBytes - 1) / pageSizeBytes - chunkOffset / pageSizeBytes + 1;
    }

    /** Copies {@code sizeBytes} from {@code from}, advancing it; takes reserved pages and returns how many. */
    public int write(int chunkOffset, ByteBuffer from, int sizeBytes) {
        Check.that(!frozen, "a frozen buffer takes no bytes");
        int pageSize = pool.pageSizeBytes();
        int end = chunkOffset + sizeBytes;
        int takenCount = 0;
        grow((end - 1) / pageSize + 1);
        int offset = chunkOffset;
        while (offset < end) {
            int slot = offset / pageSize;
            if (pages[slot] == PagePool.NONE) {
                pages[slot] = pool.take(slot == 0 ? PagePool.NONE : pages[slot - 1]);
                takenCount++;
            }
            int pageOffset = offset % pageSize;
            int size = Math.min(end - offset, pageSize - pageOffset);
            pool.put(pages[slot], pageOffset, from, from.position(), size);
            from.position(from.position() + size);
            offset += size;
        }
        written.add(chunkOffset, end);
        return takenCount;
    }

    private void grow(int slotCount) {
        if (slotCount > pages.length) {
            int old = pages.length;
            pages = Arrays.copyOf(pages, old == 0 ? slotCount : Math.max(slotCount, 2 * old));
            Arrays.fill(pages, old, pages.length, PagePool.NONE);
        }
    }

    /** Ranges that readers see. */
    public RangeSet ranges() {
        return live;
    }

    /** Copies a stretch of one range. */
    public void read(int chunkOffset, ByteBuffer into, int intoIndex, int sizeBytes) {
        int pageSize = pool.pageSizeBytes();
        int doneBytes = 0;
        while (doneBytes < sizeBytes) {
            int offset = chunkOffset + doneBytes;
            int size = Math.min(sizeBytes - doneBytes, pageSize - offset % pageSize);
            pool.get(pages[offset / pageSize], offset % pageSize, into, intoIndex + doneBytes, size);
            doneBytes += size;
        }
    }

    /** Cuts off what stands at {@code chunkOffset} and behind. */
    public void cutFrom(int chunkOffset) {
        if (live.lastEnd() <= chunkOffset) {
            return;
        }
        if (frozen && live == written) {
            live = written.copy();
        }
        live.remove(chunkOffset, live.lastEnd());
        if (!frozen) {
            for (int slot = (chunkOffset + pool.pageSizeBytes() - 1) / pool.pageSizeBytes();
                    slot < pages.length;
                    slot++) {
                giveSlot(slot);
            }
        }
    }

    public void freeze() {
        frozen = true;
    }

    public boolean isFrozen() {
        return frozen;
    }

    /** The ranges as they stand in the uploaded object, one behind the other. */
    public RangeSet layout() {
        Check.that(frozen, "only a frozen buffer has a layout");
        return written;
    }

    /** Views of all written bytes in the order of {@link #layout}, as few as there are pieces of memory. */
    public ByteBuffer[] body() {
        Check.that(frozen, "only a frozen buffer is uploaded");
        List<ByteBuffer> views = new ArrayList<>();
        for (int i = 0; i < written.count(); i++) {
            addViews(written.start(i), written.end(i), views);
        }
        return views.toArray(ByteBuffer[]::new);
    }

    private void addViews(int start, int end, List<ByteBuffer> views) {
        int pageSize = pool.pageSizeBytes();
        int offset = start;
        while (offset < end) {
            int first = offset / pageSize;
            int last = first;
            while ((last + 1) * pageSize < end && besides(pages[last], pages[last + 1])) {
                last++;
            }
            int size = Math.min(end, (last + 1) * pageSize) - offset;
            views.add(pool.view(pages[first], offset % pageSize, size));
            offset += size;
        }
    }

    private static boolean besides(int page, int next) {
        return next == page + 1 && next % PagePool.PAGES_PER_SLAB != 0;
    }

    /** Gives all memory back. Nobody reads this buffer any more. */
    public void free() {
        for (int slot = 0; slot < pages.length; slot++) {
            giveSlot(slot);
        }
        written = new RangeSet();
        live = written;
    }

    private void giveSlot(int slot) {
        if (pages[slot] != PagePool.NONE) {
            pool.give(pages[slot]);
            pages[slot] = PagePool.NONE;
        }
    }
}
