package org.needlefs.client.vfs.buffer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.storage.Check;

/**
 * Pages of native memory, all of what this mount ever holds of data that is not stored yet.
 *
 * <p>Bound: never more than {@code pageCountMax} pages; memory comes in slabs of {@value #PAGES_PER_SLAB} pages when
 * first needed and stays. A page is reserved before it is taken, so that nobody who holds a file's lock waits for memory.
 * A taker who names his previous page gets the one beside it where he can: a file written in order stands in few pieces.
 * Threading: any; a page's bytes belong to whoever took it.
 */
public final class PagePool {
    /** No page. */
    public static final int NONE = -1;

    static final int PAGES_PER_SLAB = Long.SIZE;

    private static final ByteBuffer NO_SLAB = ByteBuffer.allocate(0);

    private final int pageSizeBytes;
    private final int pageCountMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();

    /** Set once each, under the lock; whoever got a page from {@link #take} sees its slab. */
    private final ByteBuffer[] slabs;

    @GuardedBy("lock")
    private final long[] usedBits;

    @GuardedBy("lock")
    private int usedCount;

    @GuardedBy("lock")
    private int reservedCount;

    public PagePool(int pageSizeBytes, int pageCountMax) {
        Check.that(pageSizeBytes > 0 && pageCountMax > 0, "a pool has pages");
        this.pageSizeBytes = pageSizeBytes;
        this.pageCountMax = pageCountMax;
        int slabCount = (pageCountMax + PAGES_PER_SLAB - 1) / PAGES_PER_SLAB;
        this.slabs = new ByteBuffer[slabCount];
        Arrays.fill(slabs, NO_SLAB);
        this.usedBits = new long[slabCount];
        int rest = pageCountMax % PAGES_PER_SLAB;
        if (rest != 0) {
            usedBits[slabCount - 1] = -1L << rest; // Pages over the limit count as used for ever.
        }
    }

    public int pageSizeBytes() {
        return pageSizeBytes;
    }

    public int pageCountMax() {
        return pageCountMax;
    }

    /** Pages in use or promised. */
    public int usedCount() {
        lock.lock();
        try {
            return usedCount + reservedCount;
        } finally {
            lock.unlock();
        }
    }

    /** Promises {@code count} pages to the caller, who takes or cancels each; false if there are not so many. */
    public boolean tryReserve(int count) {
        Check.that(count <= pageCountMax, "%d pages of %d asked for", count, pageCountMax);
        lock.lock();
        try {
            if (usedCount + reservedCount + count > pageCountMax) {
                return false;
            }
            reservedCount += count;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #tryReserve}, waiting for at most {@code nanos} until pages are given back. */
    public boolean reserve(int count, long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (usedCount + reservedCount + count > pageCountMax) {
                if (left <= 0) {
                    return false;
                }
                left = freed.awaitNanos(left);
            }
            reservedCount += count;
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // Nothing interrupts these threads; whoever does is told "no memory".
            return false;
        } finally {
            lock.unlock();
        }
    }

    public void cancel(int count) {
        if (count == 0) {
            return;
        }
        lock.lock();
        try {
            reservedCount -= count;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a reserved page, the one behind {@code previous} if that is free. */
    public int take(int previous) {
        lock.lock();
        try {
            Check.that(reservedCount > 0, "a page is reserved before it is taken");
            int page = choose(previous);
            int slab = page / PAGES_PER_SLAB;
            if (slabs[slab].capacity() == 0) {
                int pages = Math.min(PAGES_PER_SLAB, pageCountMax - slab * PAGES_PER_SLAB);
                slabs[slab] = ByteBuffer.allocateDirect(pages * pageSizeBytes);
            }
            usedBits[slab] |= 1L << page;
            usedCount++;
            reservedCount--;
            return page;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private int choose(int previous) {
        if (previous != NONE && (previous + 1) % PAGES_PER_SLAB != 0 && isFree(previous + 1)) {
            return previous + 1;
        }
        int partlyUsed = NONE;
        int unused = NONE;
        for (int slab = 0; slab < slabs.length; slab++) {
            if (usedBits[slab] == 0) {
                unused = unused == NONE ? slab : unused;
            } else if (usedBits[slab] != -1L) {
                partlyUsed = partlyUsed == NONE ? slab : partlyUsed;
            }
        }
        // The first page of a chunk may be its only one, so it goes into a gap; the second begins a stretch.
        boolean wantsGap = previous == NONE;
        int slab = (wantsGap && partlyUsed != NONE) || unused == NONE ? partlyUsed : unused;
        Check.that(slab != NONE, "a reserved page is there");
        return slab * PAGES_PER_SLAB + Long.numberOfTrailingZeros(~usedBits[slab]);
    }

    @GuardedBy("lock")
    private boolean isFree(int page) {
        return page < pageCountMax && (usedBits[page / PAGES_PER_SLAB] & (1L << page)) == 0;
    }

    public void give(int page) {
        lock.lock();
        try {
            Check.that(!isFree(page), "page %d is given back once", page);
            usedBits[page / PAGES_PER_SLAB] &= ~(1L << page);
            usedCount--;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Copies into a page; {@code from}'s position stays. */
    void put(int page, int pageOffset, ByteBuffer from, int fromIndex, int sizeBytes) {
        slabs[page / PAGES_PER_SLAB].put(slabOffset(page) + pageOffset, from, fromIndex, sizeBytes);
    }

    /** Copies out of a page; {@code into}'s position stays. */
    void get(int page, int pageOffset, ByteBuffer into, int intoIndex, int sizeBytes) {
        into.put(intoIndex, slabs[page / PAGES_PER_SLAB], slabOffset(page) + pageOffset, sizeBytes);
    }

    /** A view of stretches of pages that stand beside each other in one slab. */
    ByteBuffer view(int page, int pageOffset, int sizeBytes) {
        return slabs[page / PAGES_PER_SLAB].slice(slabOffset(page) + pageOffset, sizeBytes);
    }

    private int slabOffset(int page) {
        return page % PAGES_PER_SLAB * pageSizeBytes;
    }
}
