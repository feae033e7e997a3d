package org.needlefs.cluster.namespace.store;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;
import org.needlefs.storage.CorruptDataException;

/** Walks the rows of a Xodus store between two keys. Confined to its transaction's user. */
final class StoredRows implements AutoCloseable {
    private final Cursor cursor;
    private final Key last;
    private @Nullable Key key;

    StoredRows(Store store, Transaction transaction, Key first, Key last) throws CorruptDataException {
        this.cursor = store.openCursor(transaction);
        this.last = last;
        read(cursor.getSearchKeyRange(RowFormat.key(first)) != null);
    }

    /** The key of the current row; null behind the last one. */
    @Nullable
    Key key() {
        return key;
    }

    ByteIterable value() {
        return cursor.getValue();
    }

    void advance() throws CorruptDataException {
        read(cursor.getNext());
    }

    private void read(boolean there) throws CorruptDataException {
        key = there ? RowFormat.key(cursor.getKey()) : null;
        if (key != null && key.compareTo(last) > 0) {
            key = null;
        }
    }

    @Override
    public void close() {
        cursor.close();
    }
}
