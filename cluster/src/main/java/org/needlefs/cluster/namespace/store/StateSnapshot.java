package org.needlefs.cluster.namespace.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Transaction;
import org.needlefs.storage.CorruptDataException;

/** The tables as they were after one command. Confined to one thread. Space of older rows is not reused until closed. */
public final class StateSnapshot implements Closeable {
    private final Transaction transaction;
    private final long index;
    private final List<Table<?>> tables;

    StateSnapshot(Transaction transaction, long index, List<Table<?>> tables) {
        this.transaction = transaction;
        this.index = index;
        this.tables = tables;
    }

    /** The last command that it contains. */
    public long index() {
        return index;
    }

    public List<Table<?>> tables() {
        return tables;
    }

    public <V> void scan(Table<V> table, Key first, Key last, RowVisitor<V> visitor) throws IOException {
        try (StoredRows rows = new StoredRows(table.store(), transaction, first, last)) {
            boolean more = true;
            while (more) {
                Key key = rows.key();
                if (key == null) {
                    return;
                }
                more = visitor.row(key, RowFormat.value(key, rows.value(), table.codec(), table.name()));
                rows.advance();
            }
        } catch (ExodusException e) {
            throw new CorruptDataException("reading " + table.name(), e);
        }
    }

    public <V> Optional<V> get(Table<V> table, Key key) throws IOException {
        try {
            ByteIterable bytes = table.store().get(transaction, RowFormat.key(key));
            return bytes == null
                    ? Optional.empty()
                    : Optional.of(RowFormat.value(key, bytes, table.codec(), table.name()));
        } catch (ExodusException e) {
            throw new CorruptDataException("reading " + table.name(), e);
        }
    }

    /** Shows all rows of a table as they are stored: a value ends with the checksum over key and value. */
    public void scanStored(Table<?> table, StoredVisitor visitor) throws IOException {
        try (StoredRows rows = new StoredRows(table.store(), transaction, Key.FIRST, Key.LAST)) {
            for (Key key = rows.key(); key != null; key = rows.key()) {
                visitor.row(key, rows.value().getBytesUnsafe(), rows.value().getLength());
                rows.advance();
            }
        } catch (ExodusException e) {
            throw new CorruptDataException("reading " + table.name(), e);
        }
    }

    /** Is shown stored rows; the bytes are lent. */
    public interface StoredVisitor {
        void row(Key key, byte[] value, int sizeBytes) throws IOException;
    }

    @Override
    public void close() {
        transaction.abort();
    }
}
