package org.needlefs.cluster.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.ObjectStore;

/** Objects in the store of this process. */
final class LocalObjectClient implements ObjectClient {
    private final ObjectStore store;

    LocalObjectClient(ObjectStore store) {
        this.store = store;
    }

    @Override
    public void put(ObjectId id, ByteBuffer... body) throws IOException {
        store.put(id, body);
    }

    @Override
    public void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException {
        store.read(id, offsetBytes, into);
    }

    @Override
    public void sync() throws IOException {
        store.sync();
    }
}
