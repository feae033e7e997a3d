package org.needlefs.cluster.namespace.state;

import java.util.UUID;
import org.needlefs.cluster.model.Name;

/**
 * Where the search for a name in its directory begins: SipHash-2-4 of its bytes, keyed by the filesystem's id so that
 * nobody can prepare names that collide elsewhere, cut to {@code bitCount} bits, with 8 bits behind it for names that do.
 */
public final class NameHash {
    /** Names of a directory that may share a hash. */
    public static final int COLLISION_COUNT_MAX = 256;

    public static final int BIT_COUNT = 55;

    private final long keyLow;
    private final long keyHigh;
    private final int bitCount;

    /** @param bitCount {@link #BIT_COUNT}; fewer make names collide on purpose */
    public NameHash(UUID filesystemId, int bitCount) {
        this.keyLow = filesystemId.getLeastSignificantBits();
        this.keyHigh = filesystemId.getMostSignificantBits();
        this.bitCount = bitCount;
    }

    /** The first cookie that the name may have: a multiple of 256, at least 256, never negative. */
    public long firstCookie(Name name) {
        long hash = sip(name) >>> (64 - bitCount);
        return Math.max(1, hash) << 8;
    }

    private long sip(Name name) {
        long[] v = {
            keyLow ^ 0x736f6d6570736575L,
            keyHigh ^ 0x646f72616e646f6dL,
            keyLow ^ 0x6c7967656e657261L,
            keyHigh ^ 0x7465646279746573L
        };
        int sizeBytes = name.sizeBytes();
        long word = 0;
        for (int i = 0; i < sizeBytes; i++) {
            word |= (name.byteAt(i) & 0xFFL) << (8 * (i & 7));
            if ((i & 7) == 7) {
                absorb(v, word);
                word = 0;
            }
        }
        absorb(v, word | (long) sizeBytes << 56);
        v[2] ^= 0xFF;
        for (int i = 0; i < 4; i++) {
            round(v);
        }
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void absorb(long[] v, long word) {
        v[3] ^= word;
        round(v);
        round(v);
        v[0] ^= word;
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }
}
