package org.needlefs.cluster.namespace;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.needlefs.storage.ObjectId;

/** Objects without bytes, of which a power cut takes any that were not synced. What is deleted is so at once. */
final class CrashObjects implements StoredObjects {
    private final Set<ObjectId> durable = new HashSet<>();
    private final List<ObjectId> unsynced = new ArrayList<>();

    void put(ObjectId object) {
        unsynced.add(object);
    }

    void delete(ObjectId object) {
        durable.remove(object);
        unsynced.remove(object);
    }

    void losePower(Random random) {
        unsynced.removeIf(_ -> random.nextBoolean());
        sync();
    }

    @Override
    public boolean has(ObjectId object, long sizeBytes) {
        return durable.contains(object) || unsynced.contains(object);
    }

    @Override
    public void sync() {
        durable.addAll(unsynced);
        unsynced.clear();
    }
}
