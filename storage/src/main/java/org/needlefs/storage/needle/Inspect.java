package org.needlefs.storage.needle;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.needle.volume.DiskIdentity;
import org.needlefs.storage.needle.volume.Inspection;
import org.needlefs.storage.needle.volume.Volume;

/**
 * Looks into the directory of a stopped node. Takes the directory's lock, so that it fails while a node uses it. The
 * containers are never changed, but for a torn end that an open cuts off; the index is brought up to date or made anew.
 */
public final class Inspect {
    private static final int BLOCK_SIZE_BYTES = 1 << 20;

    /** Nothing is appended here: a small figure keeps the newest container from being extended on a disk that is full. */
    private static final long SEGMENT_SIZE_BYTES = 1 << 20;

    private Inspect() {}

    /** Shows every record of every container, oldest first, and what is damaged. */
    public static void dump(StoreDirectory directory, Inspection.Visitor visitor) throws IOException {
        try (Volume volume = open(directory, true)) {
            new Inspection(volume, new Digests(1)).dump(visitor);
        }
    }

    /** As {@link #dump}, and reads all bodies: what fails its checksums or its digest is shown as damaged. */
    public static void verify(StoreDirectory directory, Inspection.Visitor visitor) throws IOException {
        try (Volume volume = open(directory, true)) {
            new Inspection(volume, new Digests(1)).verify(visitor);
        }
    }

    /** Throws the index away and makes it anew from the containers; returns the number of records read. */
    public static long rebuildIndex(StoreDirectory directory) throws IOException {
        try (Volume volume = open(directory, false)) {
            return volume.status().replayedCount();
        }
    }

    /**
     * Writes an object's verified bytes.
     *
     * @throws FileNotFoundException it is not here
     */
    public static void extract(StoreDirectory directory, ObjectId id, OutputStream into) throws IOException {
        try (Volume volume = open(directory, true)) {
            IndexEntry entry = volume.find(id).orElseThrow(() -> new FileNotFoundException("no object " + id));
            WritableByteChannel channel = Channels.newChannel(into);
            ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE_BYTES);
            long sizeBytes = entry.header().sizeBytes();
            for (long offsetBytes = 0; offsetBytes < sizeBytes; offsetBytes += BLOCK_SIZE_BYTES) {
                block.clear().limit((int) Math.min(BLOCK_SIZE_BYTES, sizeBytes - offsetBytes));
                volume.read(entry, offsetBytes, block);
                block.flip();
                while (block.hasRemaining()) {
                    int unused = channel.write(block);
                }
            }
            into.flush();
        }
    }

    private static Volume open(StoreDirectory directory, boolean trustIndex) throws IOException {
        Optional<DiskIdentity> identity = directory.disk().list().contains(DiskIdentity.FILE_NAME)
                ? Optional.of(DiskIdentity.read(directory.disk()))
                : Optional.empty();
        if (identity.isEmpty()) {
            throw new IOException(
                    directory.disk().description() + " is not a data directory: it has no " + DiskIdentity.FILE_NAME);
        }
        ObjectStoreConfig config = ObjectStoreConfig.of(
                        List.of(directory), identity.get().clusterId())
                .withSegmentSizeBytes(SEGMENT_SIZE_BYTES)
                .withTrustIndex(trustIndex);
        return Volume.open(ObjectStore.volumeConfig(config, directory));
    }
}
