package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;

/** Names and stores this mount's objects. The session never was before and the counter never repeats, so ids don't either. */
public final class ObjectWriter {
    private final ObjectClient objects;
    private final Durability durability;
    private final long session;
    private final AtomicLong count = new AtomicLong();

    public ObjectWriter(ObjectClient objects, Durability durability, long session) {
        this.objects = objects;
        this.durability = durability;
        this.session = session;
    }

    public ObjectId nextId() {
        return new ObjectId(session, count.incrementAndGet());
    }

    public void put(ObjectId id, ByteBuffer... body) throws IOException {
        objects.put(id, body);
        durability.objectPut();
    }

    void put(ChunkUpload upload) throws IOException {
        put(upload.object(), upload.buffer().body());
        upload.markObjectStored();
    }
}
