package org.needlefs.cluster.namespace.store;

/** Key of a row: two numbers, ordered as unsigned. A table whose rows need one number leaves {@code low} at 0. */
public record Key(long high, long low) implements Comparable<Key> {
    public static final int SIZE_BYTES = 16;
    public static final Key FIRST = new Key(0, 0);
    public static final Key LAST = new Key(-1, -1);

    public static Key of(long high) {
        return new Key(high, 0);
    }

    @Override
    public int compareTo(Key other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public int hashCode() {
        long mixed = (high * 0x9E3779B97F4A7C15L + low) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 32);
    }
}
