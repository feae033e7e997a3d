package org.needlefs.storage.needle.index;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.needlefs.storage.ObjectId;

/**
 * Changes that are not in Xodus yet. What comes and goes within one overlay leaves nothing but an offset in a dead list.
 * Threading: {@link #find} any; everything else under the lock of the {@link NeedleIndex} that owns it.
 */
final class Overlay {
    static final Overlay EMPTY = new Overlay();

    /** @param stored a lower layer may know the id, so that its absence has to be written too */
    private record Change(Optional<IndexEntry> entry, boolean stored) {}

    private final ConcurrentHashMap<ObjectId, Change> changes = new ConcurrentHashMap<>();
    private final Map<Long, Offsets> deadOffsets = new HashMap<>();
    private final Set<Long> touchedSegments = new HashSet<>();
    private final Set<Long> removedSegments = new HashSet<>();
    private int deadCount;

    /** Empty if this overlay says nothing; otherwise what it says: an entry, or that there is none. */
    Optional<Optional<IndexEntry>> find(ObjectId id) {
        @Nullable Change change = changes.get(id);
        return change == null ? Optional.empty() : Optional.of(change.entry());
    }

    /** A measure of the memory in use: changes, plus dead offsets, which are a sixteenth of the size. */
    int weight() {
        return changes.size() + deadCount / 16;
    }

    boolean isEmpty() {
        return changes.isEmpty() && touchedSegments.isEmpty() && removedSegments.isEmpty();
    }

    /** @param storedBelow whether a lower layer may know the id */
    void put(IndexEntry entry, boolean storedBelow) {
        @Nullable Change before = changes.get(entry.id());
        boolean stored = before == null ? storedBelow : before.stored();
        changes.put(entry.id(), new Change(Optional.of(entry), stored));
    }

    /** The needle is gone. */
    void remove(ObjectId id) {
        @Nullable Change before = changes.get(id);
        if (before != null && !before.stored()) {
            changes.remove(id);
            return;
        }
        changes.put(id, new Change(Optional.empty(), true));
    }

    void addDead(long segment, long offsetBytes) {
        deadOffsets.computeIfAbsent(segment, ignored -> new Offsets()).add(offsetBytes);
        deadCount++;
        touchedSegments.add(segment);
    }

    void touch(long segment) {
        touchedSegments.add(segment);
    }

    void removeSegment(long segment) {
        @Nullable Offsets offsets = deadOffsets.remove(segment);
        deadCount -= offsets == null ? 0 : offsets.count;
        touchedSegments.remove(segment);
        removedSegments.add(segment);
    }

    /** Offsets that died in this overlay, in no order. */
    long[] deadOffsets(long segment) {
        @Nullable Offsets offsets = deadOffsets.get(segment);
        return offsets == null ? new long[0] : offsets.toArray();
    }

    /** The entries that this overlay adds or replaces, and those that it takes away as empty. */
    Map<ObjectId, Optional<IndexEntry>> entries() {
        Map<ObjectId, Optional<IndexEntry>> entries = new HashMap<>(changes.size() * 2);
        changes.forEach((id, change) -> entries.put(id, change.entry()));
        return entries;
    }

    /** Of all usages those that this overlay has changed. */
    Map<Long, SegmentUsage> touched(Map<Long, SegmentUsage> usages) {
        Map<Long, SegmentUsage> touched = new HashMap<>();
        for (long segment : touchedSegments) {
            touched.put(segment, usages.getOrDefault(segment, SegmentUsage.NONE));
        }
        return touched;
    }

    /** All of it, to be written. */
    IndexBatch batch(long watermark, long seen, Map<Long, SegmentUsage> touched) {
        Map<Long, long[]> dead = new HashMap<>();
        deadOffsets.forEach((segment, offsets) -> dead.put(segment, sorted(offsets.toArray())));
        return new IndexBatch(watermark, seen, entries(), dead, touched, Set.copyOf(removedSegments));
    }

    private static long[] sorted(long[] offsets) {
        Arrays.sort(offsets);
        return offsets;
    }

    /** A growing array of longs. */
    private static final class Offsets {
        private long[] values = new long[8];
        private int count;

        void add(long value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = value;
        }

        long[] toArray() {
            return Arrays.copyOf(values, count);
        }
    }
}
