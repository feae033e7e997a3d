package org.needlefs.cluster.node;

import java.io.IOException;
import org.needlefs.cluster.namespace.StoredObjects;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.ObjectStore;

/** The objects of this node as its namespace asks for them. */
final class NodeObjects implements StoredObjects {
    private final ObjectStore store;

    NodeObjects(ObjectStore store) {
        this.store = store;
    }

    @Override
    public boolean has(ObjectId object, long sizeBytes) throws IOException {
        return store.head(object).filter(head -> head.sizeBytes() >= sizeBytes).isPresent();
    }

    @Override
    public void sync() throws IOException {
        store.sync();
    }
}
