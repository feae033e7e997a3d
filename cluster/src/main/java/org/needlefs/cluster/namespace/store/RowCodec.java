package org.needlefs.cluster.namespace.store;

import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.storage.CorruptDataException;

/** The bytes of the rows of one table. Values are immutable. */
public interface RowCodec<V> {
    void put(ByteWriter out, V value);

    V take(ByteReader in, Key key) throws CorruptDataException;

    /** About how many bytes of memory the value holds. */
    int weightBytes(V value);
}
