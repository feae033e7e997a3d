package org.needlefs.cluster.namespace.store;

import java.io.IOException;

/** Is shown rows in the order of their keys. */
public interface RowVisitor<V> {
    /** Returns whether to go on. Must not change the table. */
    boolean row(Key key, V value) throws IOException;
}
