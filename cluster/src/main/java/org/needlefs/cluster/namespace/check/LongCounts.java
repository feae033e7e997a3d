package org.needlefs.cluster.namespace.check;

import java.util.Arrays;

/** Numbers by number, 16 bytes an entry at best and 32 at worst. Keys are not 0. Not thread-safe. */
final class LongCounts {
    private long[] keys = new long[1024];
    private long[] values = new long[1024];
    private int count;

    boolean contains(long key) {
        return keys[place(keys, key)] == key;
    }

    /** 0 for a key that is not there. */
    long get(long key) {
        int place = place(keys, key);
        return keys[place] == key ? values[place] : 0;
    }

    void add(long key, long more) {
        put(key, get(key) + more);
    }

    void put(long key, long value) {
        int place = place(keys, key);
        if (keys[place] != key) {
            keys[place] = key;
            count++;
        }
        values[place] = value;
        if (count > keys.length / 4 * 3) {
            grow();
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new long[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int place = place(keys, oldKeys[i]);
                keys[place] = oldKeys[i];
                values[place] = oldValues[i];
            }
        }
    }

    private static int place(long[] keys, long key) {
        int mask = keys.length - 1;
        int place = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (keys[place] != 0 && keys[place] != key) {
            place = (place + 1) & mask;
        }
        return place;
    }

    /** All keys, in no particular order. */
    long[] keys() {
        return Arrays.stream(keys).filter(key -> key != 0).sorted().toArray();
    }
}
