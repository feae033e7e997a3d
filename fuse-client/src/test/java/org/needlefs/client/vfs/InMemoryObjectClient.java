package org.needlefs.client.vfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;

/** Objects in a map, with failures on demand. Refuses other bytes under an id that was used. */
public final class InMemoryObjectClient implements ObjectClient {
    private final ConcurrentHashMap<ObjectId, byte[]> objects = new ConcurrentHashMap<>();
    private final AtomicReference<Function<ObjectId, Optional<IOException>>> putFault =
            new AtomicReference<>(id -> Optional.empty());
    private final AtomicLong putCount = new AtomicLong();
    private final AtomicLong putBytes = new AtomicLong();
    private final AtomicLong readCount = new AtomicLong();
    private final AtomicLong syncCount = new AtomicLong();

    /** Asked before each put: an exception to throw, or none. */
    public void failPuts(Function<ObjectId, Optional<IOException>> fault) {
        putFault.set(fault);
    }

    public void heal() {
        putFault.set(id -> Optional.empty());
    }

    @Override
    public void put(ObjectId id, ByteBuffer... body) throws IOException {
        Optional<IOException> fault = putFault.get().apply(id);
        if (fault.isPresent()) {
            throw fault.get();
        }
        int size = 0;
        for (ByteBuffer part : body) {
            size += part.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (ByteBuffer part : body) {
            all.put(part);
        }
        byte[] before = objects.putIfAbsent(id, all.array());
        if (before != null && !Arrays.equals(before, all.array())) {
            throw new AssertionError("object " + id + " was put with other bytes");
        }
        putCount.incrementAndGet();
        putBytes.addAndGet(size);
    }

    @Override
    public void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException {
        byte[] bytes = objects.get(id);
        if (bytes == null) {
            throw new FileNotFoundException("object " + id);
        }
        readCount.incrementAndGet();
        into.put(bytes, (int) offsetBytes, into.remaining());
    }

    @Override
    public void sync() {
        syncCount.incrementAndGet();
    }

    boolean has(ObjectId id) {
        return objects.containsKey(id);
    }

    void delete(ObjectId id) {
        objects.remove(id);
    }

    public long objectCount() {
        return objects.size();
    }

    public long putCount() {
        return putCount.get();
    }

    public long putBytes() {
        return putBytes.get();
    }

    public long readCount() {
        return readCount.get();
    }

    public long syncCount() {
        return syncCount.get();
    }
}
