package org.needlefs.cluster.node;

import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;

/**
 * Remembers object ids in bounded memory: what was added is always found, what was not is found by mistake now and then
 * (a Bloom filter with two probes). Finding too much is the safe side for {@code gc}, which keeps what it finds here;
 * a seed that changes from run to run lets a later run collect what this one kept by mistake.
 *
 * <p>Bound: {@code expectedCount} ids cost 16 bits each, 256 MiB at the most. Threading: confined to one thread.
 */
final class ReferenceFilter {
    private static final long BITS_PER_ID = 16;
    private static final long BITS_MIN = 1L << 16;
    private static final long BITS_MAX = 1L << 31;

    private final long[] bits;
    private final long mask;
    private final long seed;

    ReferenceFilter(long expectedCount, long seed) {
        Check.that(expectedCount >= 0, "a count is not negative");
        long wanted = Math.clamp(expectedCount, BITS_MIN / BITS_PER_ID, BITS_MAX / BITS_PER_ID) * BITS_PER_ID;
        long bitCount = Math.min(BITS_MAX, Long.highestOneBit(wanted - 1) << 1);
        this.bits = new long[(int) (bitCount / Long.SIZE)];
        this.mask = bitCount - 1;
        this.seed = seed;
    }

    void add(ObjectId id) {
        long hash = hash(id);
        set(hash & mask);
        set((hash >>> 32 ^ hash * 0x9e3779b97f4a7c15L) & mask);
    }

    boolean mayContain(ObjectId id) {
        long hash = hash(id);
        return isSet(hash & mask) && isSet((hash >>> 32 ^ hash * 0x9e3779b97f4a7c15L) & mask);
    }

    private void set(long bit) {
        bits[(int) (bit >>> 6)] |= 1L << bit;
    }

    private boolean isSet(long bit) {
        return (bits[(int) (bit >>> 6)] & 1L << bit) != 0;
    }

    /** The finalizer of MurmurHash3 (public domain, Austin Appleby) over both halves. */
    private long hash(ObjectId id) {
        return mix(id.low() ^ mix(id.high() ^ seed));
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
