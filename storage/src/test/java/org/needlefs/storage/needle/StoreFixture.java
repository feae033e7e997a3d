package org.needlefs.storage.needle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.needlefs.storage.ObjectId;

/** What tests of the object store share: small containers, content that its id determines. */
public final class StoreFixture {
    public static final UUID CLUSTER = new UUID(1, 2);
    public static final long SEGMENT_SIZE_BYTES = 256 * 1024;

    private StoreFixture() {}

    /** Compaction only when told, small containers, a small overlay so that batches are written. */
    public static ObjectStoreConfig config(List<StoreDirectory> directories) {
        return ObjectStoreConfig.of(directories, CLUSTER)
                .withSegmentSizeBytes(SEGMENT_SIZE_BYTES)
                .withIndex(4 << 20, 256)
                .withCompaction(false, 50)
                .withClockMillis(() -> 1_000);
    }

    public static ObjectStoreConfig config(Path... directories) throws IOException {
        List<StoreDirectory> all = new ArrayList<>();
        for (Path directory : directories) {
            all.add(StoreDirectory.of(directory));
        }
        return config(all);
    }

    public static ObjectId id(long low) {
        return new ObjectId(7, low);
    }

    /** Bytes that id and size determine. */
    public static byte[] content(ObjectId id, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new Random(id.low() * 31 + id.high() + sizeBytes).nextBytes(bytes);
        return bytes;
    }

    public static void put(ObjectStore store, ObjectId id, int sizeBytes) throws IOException {
        store.put(id, ByteBuffer.wrap(content(id, sizeBytes)));
    }

    public static byte[] read(ObjectStore store, ObjectId id, long offsetBytes, int sizeBytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(sizeBytes);
        store.read(id, offsetBytes, into);
        byte[] bytes = new byte[sizeBytes];
        into.flip().get(bytes);
        return bytes;
    }

    public static void compact(ObjectStore store) throws InterruptedException {
        store.compaction().start();
        store.compaction().await();
    }
}
