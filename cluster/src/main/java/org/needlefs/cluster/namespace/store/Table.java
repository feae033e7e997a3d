package org.needlefs.cluster.namespace.store;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.storage.CorruptDataException;

/**
 * Rows by key, in order. A change goes to an overlay in memory and from there to Xodus, many at once.
 *
 * <p>Threading: reads under the {@link StateStore}'s read lock or write lock, changes under its write lock.
 * Throws: {@link CorruptDataException} if what Xodus holds is damaged.
 */
public final class Table<V> {
    /** What a row in an overlay costs beside its value: key, tree node, wrapper. */
    private static final int OVERLAY_ROW_BYTES = 136;

    private final String name;
    private final RowCodec<V> codec;
    private final StateStore owner;
    private final Store store;
    private final RowCache<V> cache;

    /** Changes since the last swap; an empty value is a removal. Replaced under the write lock. */
    private TreeMap<Key, Version<V>> active = new TreeMap<>();

    /** Changes on their way to Xodus; not changed any more. Replaced under the write lock. */
    private TreeMap<Key, Version<V>> flushing = new TreeMap<>();

    Table(String name, RowCodec<V> codec, StateStore owner, Store store, long cacheBytes) {
        this.name = name;
        this.codec = codec;
        this.owner = owner;
        this.store = store;
        this.cache = new RowCache<>(cacheBytes);
    }

    public String name() {
        return name;
    }

    public Optional<V> get(Key key) throws IOException {
        Version<V> known = cache.get(key);
        if (known != null) {
            return known.value();
        }
        known = active.get(key);
        if (known == null) {
            known = flushing.get(key);
        }
        if (known == null) {
            known = new Version<>(stored(key));
        }
        cache.put(key, known, weightBytes(known));
        return known.value();
    }

    public void put(Key key, V value) {
        change(key, new Version<>(Optional.of(value)));
    }

    public void remove(Key key) {
        change(key, new Version<>(Optional.empty()));
    }

    private void change(Key key, Version<V> version) {
        int weightBytes = weightBytes(version);
        Version<V> old = active.put(key, version);
        owner.overlayGrew(old == null ? weightBytes + OVERLAY_ROW_BYTES : weightBytes - weightBytes(old));
        cache.put(key, version, weightBytes);
    }

    private int weightBytes(Version<V> version) {
        return version.value().isPresent() ? codec.weightBytes(version.value().get()) : 0;
    }

    private Optional<V> stored(Key key) throws IOException {
        Transaction transaction = owner.borrow();
        try {
            ByteIterable bytes = store.get(transaction, RowFormat.key(key));
            return bytes == null ? Optional.empty() : Optional.of(RowFormat.value(key, bytes, codec, name));
        } catch (ExodusException e) {
            throw new CorruptDataException("reading " + name + " at " + key, e);
        } finally {
            owner.giveBack(transaction);
        }
    }

    /** Shows the rows from {@code first} to {@code last}, both included, until the visitor has enough. */
    public void scan(Key first, Key last, RowVisitor<V> visitor) throws IOException {
        Transaction transaction = owner.borrow();
        try (StoredRows rows = new StoredRows(store, transaction, first, last)) {
            Rows<V> newest = new Rows<>(active.subMap(first, true, last, true));
            Rows<V> newer = new Rows<>(flushing.subMap(first, true, last, true));
            boolean more = true;
            while (more) {
                Key key = smallest(newest.key, newer.key, rows.key());
                if (key == null) {
                    return;
                }
                Optional<V> value = Optional.empty();
                boolean found = false;
                if (key.equals(newest.key)) {
                    value = newest.take();
                    found = true;
                }
                if (key.equals(newer.key)) {
                    value = found ? value : newer.value;
                    newer.take();
                    found = true;
                }
                if (key.equals(rows.key())) {
                    value = found ? value : Optional.of(RowFormat.value(key, rows.value(), codec, name));
                    rows.advance();
                }
                more = value.isEmpty() || visitor.row(key, value.get());
            }
        } catch (ExodusException e) {
            throw new CorruptDataException("listing " + name + " from " + first, e);
        } finally {
            owner.giveBack(transaction);
        }
    }

    private static @Nullable Key smallest(@Nullable Key a, @Nullable Key b, @Nullable Key c) {
        Key least = a;
        if (b != null && (least == null || b.compareTo(least) < 0)) {
            least = b;
        }
        if (c != null && (least == null || c.compareTo(least) < 0)) {
            least = c;
        }
        return least;
    }

    /** Under the write lock. */
    void swap() {
        flushing = active;
        active = new TreeMap<>();
    }

    /** Under the write lock, when what was swapped out is in Xodus. */
    void retire() {
        flushing = new TreeMap<>();
    }

    /** Writes what was swapped out; by the flushing thread alone, without a lock. */
    void write(Transaction transaction, ByteWriter scratch) {
        for (Map.Entry<Key, Version<V>> row : flushing.entrySet()) {
            Optional<V> present = row.getValue().value();
            if (present.isPresent()) {
                ByteIterable value = RowFormat.value(row.getKey(), present.get(), codec, scratch);
                store.put(transaction, RowFormat.key(row.getKey()), value);
            } else {
                store.delete(transaction, RowFormat.key(row.getKey()));
            }
        }
    }

    Store store() {
        return store;
    }

    RowCodec<V> codec() {
        return codec;
    }

    /** Walks an overlay, one row ahead. */
    private static final class Rows<V> {
        private final Iterator<Map.Entry<Key, Version<V>>> iterator;
        private @Nullable Key key;
        private Optional<V> value = Optional.empty();

        Rows(Map<Key, Version<V>> overlay) {
            this.iterator = overlay.entrySet().iterator();
            advance();
        }

        Optional<V> take() {
            Optional<V> taken = value;
            advance();
            return taken;
        }

        private void advance() {
            if (iterator.hasNext()) {
                Map.Entry<Key, Version<V>> next = iterator.next();
                key = next.getKey();
                value = next.getValue().value();
            } else {
                key = null;
            }
        }
    }
}
