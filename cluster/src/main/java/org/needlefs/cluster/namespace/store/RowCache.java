package org.needlefs.cluster.namespace.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Decoded rows, and keys known to have none. A hash picks two places for a key; a newcomer displaces what is there.
 * Bound: {@code limitBytes} of weight, beyond which other places are emptied in turn. Threading: any, without locks;
 * that what is put is the newest is the caller's business.
 */
final class RowCache<V> {
    private static final int SLOT_BYTES = 96;
    private static final int EXPECTED_ROW_BYTES = 256;

    private final long limitBytes;
    private final AtomicReferenceArray<@Nullable Slot<V>> slots;
    private final int mask;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicInteger hand = new AtomicInteger();

    RowCache(long limitBytes) {
        this.limitBytes = limitBytes;
        int count = Math.clamp(limitBytes / EXPECTED_ROW_BYTES, 64, 1 << 24);
        int rounded = Integer.highestOneBit(count);
        this.slots = new AtomicReferenceArray<>(rounded);
        this.mask = rounded - 1;
    }

    /** What is known of the key: its row, or that there is none; null if nothing is known. */
    @Nullable
    Version<V> get(Key key) {
        int first = place(key);
        Slot<V> slot = slots.getPlain(first);
        if (slot != null && slot.key.equals(key)) {
            return slot.version;
        }
        slot = slots.getPlain(first ^ 1);
        return slot != null && slot.key.equals(key) ? slot.version : null;
    }

    void put(Key key, Version<V> version, int weightBytes) {
        int first = place(key);
        Slot<V> there = slots.getPlain(first);
        Slot<V> beside = slots.getPlain(first ^ 1);
        boolean second;
        if (there != null && there.key.equals(key)) {
            second = false;
        } else if (beside != null && beside.key.equals(key)) {
            second = true;
        } else {
            second = there != null && (beside == null || (key.hashCode() & 1) != 0);
        }
        int chosen = second ? first ^ 1 : first;
        replace(chosen, new Slot<>(key, version, weightBytes + SLOT_BYTES));
        // Readers that race may leave a key in both places; the older must not outlive this one.
        Slot<V> other = slots.getPlain(chosen ^ 1);
        if (other != null && other.key.equals(key)) {
            replace(chosen ^ 1, null);
        }
        while (usedBytes.get() > limitBytes) {
            replace(hand.getAndIncrement() & mask, null);
        }
    }

    private void replace(int index, @Nullable Slot<V> slot) {
        Slot<V> old = slots.getAndSet(index, slot);
        usedBytes.addAndGet((slot == null ? 0 : slot.weightBytes) - (old == null ? 0 : old.weightBytes));
    }

    private int place(Key key) {
        return (key.hashCode() >>> 1) & mask;
    }

    private record Slot<V>(Key key, Version<V> version, int weightBytes) {}
}
