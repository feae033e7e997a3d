package org.needlefs.cluster.namespace.machine;

import java.util.ArrayList;
import java.util.List;
import org.needlefs.cluster.model.Extent;

/** Arithmetic of extents in one chunk. Lists are sorted and do not overlap, before and after. */
public final class ExtentLists {
    private ExtentLists() {}

    /** What is left of the list without the bytes from {@code start} to {@code end}. */
    public static List<Extent> cut(List<Extent> extents, int start, int end) {
        List<Extent> left = new ArrayList<>(extents.size() + 1);
        for (Extent extent : extents) {
            if (extent.chunkEndBytes() <= start || extent.chunkOffsetBytes() >= end) {
                left.add(extent);
                continue;
            }
            if (extent.chunkOffsetBytes() < start) {
                left.add(part(extent, extent.chunkOffsetBytes(), start));
            }
            if (extent.chunkEndBytes() > end) {
                left.add(part(extent, end, extent.chunkEndBytes()));
            }
        }
        return left;
    }

    /** The bytes of the list from {@code start} to {@code end}. */
    public static List<Extent> clip(List<Extent> extents, int start, int end) {
        List<Extent> left = new ArrayList<>(extents.size());
        for (Extent extent : extents) {
            int from = Math.max(start, extent.chunkOffsetBytes());
            int to = Math.min(end, extent.chunkEndBytes());
            if (from < to) {
                left.add(part(extent, from, to));
            }
        }
        return left;
    }

    /** {@code upper} laid over {@code lower}. */
    public static List<Extent> overlay(List<Extent> lower, List<Extent> upper) {
        List<Extent> left = lower;
        for (Extent extent : upper) {
            left = left.isEmpty() ? left : cut(left, extent.chunkOffsetBytes(), extent.chunkEndBytes());
        }
        return merge(left, upper);
    }

    /** Two lists that do not overlap each other as one; neighbours that continue the same object become one extent. */
    public static List<Extent> merge(List<Extent> some, List<Extent> others) {
        List<Extent> merged = new ArrayList<>(some.size() + others.size());
        int i = 0;
        int j = 0;
        while (i < some.size() || j < others.size()) {
            boolean first = j == others.size()
                    || (i < some.size()
                            && some.get(i).chunkOffsetBytes() < others.get(j).chunkOffsetBytes());
            Extent next = first ? some.get(i++) : others.get(j++);
            Extent before = merged.isEmpty() ? next : merged.getLast();
            if (continues(before, next)) {
                merged.set(
                        merged.size() - 1,
                        new Extent(
                                before.chunkOffsetBytes(),
                                before.sizeBytes() + next.sizeBytes(),
                                before.object(),
                                before.objectOffsetBytes()));
            } else {
                merged.add(next);
            }
        }
        return List.copyOf(merged);
    }

    public static long sizeBytes(List<Extent> extents) {
        long sizeBytes = 0;
        for (Extent extent : extents) {
            sizeBytes += extent.sizeBytes();
        }
        return sizeBytes;
    }

    /** Whether the list is sorted, does not overlap and stays inside a chunk and inside what an object can hold. */
    public static boolean valid(List<Extent> extents, int chunkSizeBytes) {
        long end = 0;
        for (Extent extent : extents) {
            if (extent.chunkOffsetBytes() < end
                    || (long) extent.objectOffsetBytes() + extent.sizeBytes() > Integer.MAX_VALUE) {
                return false;
            }
            end = (long) extent.chunkOffsetBytes() + extent.sizeBytes();
        }
        return end <= chunkSizeBytes;
    }

    /** Whether both lists have bytes at the same places. */
    public static boolean sameCover(List<Extent> some, List<Extent> others) {
        return covers(some, others) && covers(others, some);
    }

    /** Whether {@code extents} have a byte wherever {@code wanted} have one. */
    private static boolean covers(List<Extent> extents, List<Extent> wanted) {
        for (Extent extent : wanted) {
            if (!covers(extents, extent.chunkOffsetBytes(), extent.chunkEndBytes())) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code extents} have all bytes from {@code start} to {@code end}. */
    public static boolean covers(List<Extent> extents, int start, int end) {
        int covered = start;
        for (Extent extent : extents) {
            if (extent.chunkOffsetBytes() <= covered && extent.chunkEndBytes() > covered) {
                covered = extent.chunkEndBytes();
            }
        }
        return covered >= end;
    }

    private static Extent part(Extent extent, int start, int end) {
        return new Extent(
                start, end - start, extent.object(), extent.objectOffsetBytes() + start - extent.chunkOffsetBytes());
    }

    private static boolean continues(Extent before, Extent next) {
        return before.chunkEndBytes() == next.chunkOffsetBytes()
                && before.objectOffsetBytes() + before.sizeBytes() == next.objectOffsetBytes()
                && before.object().equals(next.object());
    }
}
