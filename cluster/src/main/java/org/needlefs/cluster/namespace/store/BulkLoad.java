package org.needlefs.cluster.namespace.store;

import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Transaction;
import org.needlefs.storage.CorruptDataException;

/** Fills an empty store with rows in the order of their keys, table after table. Complete once {@link #finish} returns. */
public final class BulkLoad implements Closeable {
    private static final int TRANSACTION_BYTES = 8 << 20;

    private final StateStore store;
    private final List<Table<?>> tables;
    private Optional<Transaction> transaction = Optional.empty();
    private long transactionBytes;

    BulkLoad(StateStore store, List<Table<?>> tables) {
        this.store = store;
        this.tables = tables;
    }

    /** @param value with its checksum, as {@link StateSnapshot#scanStored} showed it */
    public void row(int table, Key key, byte[] value) throws CorruptDataException {
        if (table >= tables.size()) {
            throw new CorruptDataException("a row of table " + table + " where there are " + tables.size());
        }
        try {
            if (transaction.isEmpty()) {
                transaction = Optional.of(store.environment().beginExclusiveTransaction());
            }
            tables.get(table).store().putRight(transaction.get(), RowFormat.key(key), new ArrayByteIterable(value));
            transactionBytes += value.length + Key.SIZE_BYTES;
            if (transactionBytes >= TRANSACTION_BYTES) {
                commit();
            }
        } catch (ExodusException e) {
            throw new CorruptDataException("loading the namespace's state", e);
        }
    }

    /** @param index of the last command that the rows contain */
    public void finish(long index) throws CorruptDataException {
        try {
            commit();
            store.loaded(index);
        } catch (ExodusException e) {
            throw new CorruptDataException("loading the namespace's state", e);
        }
    }

    private void commit() {
        transaction.ifPresent(Transaction::commit);
        transaction = Optional.empty();
        transactionBytes = 0;
    }

    @Override
    public void close() {
        transaction.ifPresent(Transaction::abort);
        transaction = Optional.empty();
    }
}
