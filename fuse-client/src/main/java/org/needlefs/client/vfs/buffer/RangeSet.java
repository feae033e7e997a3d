package org.needlefs.client.vfs.buffer;

import java.util.Arrays;
import org.needlefs.storage.Check;

/**
 * Stretches of a chunk, ascending, never touching each other: adding one that overlaps or adjoins others merges them.
 * Costs a binary search and a move of the later ones. Threading: confined to its owner's lock.
 */
public final class RangeSet {
    private static final int COUNT_AT_FIRST = 2;

    /** Start and end of each range, one pair behind the other. */
    private int[] bounds;

    private int count;

    public RangeSet() {
        this.bounds = new int[2 * COUNT_AT_FIRST];
    }

    private RangeSet(int[] bounds, int count) {
        this.bounds = bounds;
        this.count = count;
    }

    public RangeSet copy() {
        return new RangeSet(bounds.clone(), count);
    }

    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int start(int index) {
        return bounds[2 * index];
    }

    public int end(int index) {
        return bounds[2 * index + 1];
    }

    /** Behind the last byte of the last range; 0 if there is none. */
    public int lastEnd() {
        return count == 0 ? 0 : end(count - 1);
    }

    public long sizeBytes() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += end(i) - start(i);
        }
        return sum;
    }

    /** The first range that ends behind {@code offset}; {@link #count} if none does. */
    public int firstEndingAfter(int offset) {
        return firstWithEndAtLeast(offset + 1);
    }

    public void add(int start, int end) {
        Check.that(0 <= start && start < end, "a range has a place and a size");
        int first = firstWithEndAtLeast(start);
        int behind = first;
        int mergedStart = start;
        int mergedEnd = end;
        while (behind < count && start(behind) <= end) {
            mergedStart = Math.min(mergedStart, start(behind));
            mergedEnd = Math.max(mergedEnd, end(behind));
            behind++;
        }
        replace(first, behind, 1);
        bounds[2 * first] = mergedStart;
        bounds[2 * first + 1] = mergedEnd;
    }

    public void remove(int start, int end) {
        int first = firstEndingAfter(start);
        if (start >= end || first == count || start(first) >= end) {
            return;
        }
        int behind = first;
        while (behind < count && start(behind) < end) {
            behind++;
        }
        int headStart = start(first);
        int tailEnd = end(behind - 1);
        boolean head = headStart < start;
        boolean tail = tailEnd > end;
        replace(first, behind, (head ? 1 : 0) + (tail ? 1 : 0));
        int index = first;
        if (head) {
            bounds[2 * index] = headStart;
            bounds[2 * index + 1] = start;
            index++;
        }
        if (tail) {
            bounds[2 * index] = end;
            bounds[2 * index + 1] = tailEnd;
        }
    }

    private int firstWithEndAtLeast(int offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Makes room for {@code newCount} ranges in the place of those from {@code first} up to {@code behind}. */
    private void replace(int first, int behind, int newCount) {
        int resultCount = count - (behind - first) + newCount;
        if (2 * resultCount > bounds.length) {
            bounds = Arrays.copyOf(bounds, Math.max(2 * resultCount, 2 * bounds.length));
        }
        System.arraycopy(bounds, 2 * behind, bounds, 2 * (first + newCount), 2 * (count - behind));
        count = resultCount;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(start(i)).append("..").append(end(i));
        }
        return text.append('}').toString();
    }
}
