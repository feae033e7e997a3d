package org.needlefs.cluster.namespace;

import org.needlefs.storage.ObjectId;

/** For tests that are not about objects: all there ever were are stored, durably. */
enum AllObjects implements StoredObjects {
    STORED;

    @Override
    public boolean has(ObjectId object, long sizeBytes) {
        return true;
    }

    @Override
    public void sync() {}
}
