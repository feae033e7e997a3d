package org.needlefs.storage.needle;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.needlefs.storage.Check;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.format.Sha256;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.needle.volume.Claims;
import org.needlefs.storage.needle.volume.Volume;
import org.needlefs.storage.needle.volume.VolumeConfig;
import org.needlefs.storage.needle.volume.VolumeStatus;

/**
 * Immutable objects on the disks of one machine. What {@link #put} or {@link #delete} returned from can be read and
 * survives the death of the process; {@link #sync} makes it survive a power cut. Bytes that are not what was put are never
 * handed out.
 *
 * <p>Bounds: see {@link ObjectStoreConfig}. Threading: any; do not interrupt a thread in here. Buffers are borrowed until
 * the call returns. Throws: {@link OutOfSpaceException} from put, {@link CorruptDataException} for bytes gone bad,
 * {@link FileNotFoundException} for an object that is not here.
 */
public final class ObjectStore implements Closeable {
    private static final int IDLE_DIGESTS_MAX = 64;

    private final List<Volume> volumes;
    private final Claims claims;
    private final Digests digests;
    private final LongSupplier clockMillis;
    private final Compaction compaction;
    private final Scrub scrub;
    private final WriteBack writeBack;

    private record Located(Volume volume, IndexEntry entry) {}

    private ObjectStore(ObjectStoreConfig config, List<Volume> volumes) {
        this.volumes = List.copyOf(volumes);
        this.claims = new Claims();
        this.digests = new Digests(IDLE_DIGESTS_MAX);
        this.clockMillis = config.clockMillis();
        this.compaction = new Compaction(
                this.volumes, claims, digests, config.compactionByItself(), config.compactionGarbagePercent());
        this.scrub = new Scrub(this.volumes, digests);
        this.writeBack = new WriteBack(this::sync);
    }

    /** Opens all directories, replays what their indexes do not know yet, and starts compaction. */
    public static ObjectStore open(ObjectStoreConfig config) throws IOException {
        List<Volume> opened = new ArrayList<>();
        try {
            for (StoreDirectory directory : config.directories()) {
                opened.add(Volume.open(volumeConfig(config, directory)));
            }
        } catch (IOException | RuntimeException | Error failed) {
            closeAll(opened, failed);
            throw failed;
        }
        ObjectStore store = new ObjectStore(config, opened);
        store.compaction.begin();
        store.writeBack.begin();
        return store;
    }

    static VolumeConfig volumeConfig(ObjectStoreConfig config, StoreDirectory directory) {
        return new VolumeConfig(
                directory.disk(),
                directory.indexDirectory(),
                config.clusterId(),
                UUID.randomUUID(),
                config.segmentSizeBytes(),
                config.reserveBytes(),
                config.indexCacheBytes(),
                config.indexPendingMax(),
                config.trustIndex(),
                config.clockMillis(),
                config.tombstoneMayGo());
    }

    private static void closeAll(List<Volume> volumes, Throwable failed) {
        for (Volume volume : volumes) {
            try {
                volume.close();
            } catch (IOException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
        }
    }

    /** As {@link #put(ObjectId, long, ByteBuffer...)} in ring epoch 0: a store without a ring. */
    public void put(ObjectId id, ByteBuffer... body) throws IOException {
        put(id, 0, body);
    }

    /**
     * Stores all remaining bytes of the buffers, one behind the other, at most 64 MiB. Putting the same bytes again changes
     * nothing; the buffers' positions are undefined afterwards.
     *
     * @param epoch of the ring, kept with the object
     * @throws OutOfSpaceException only the reserve is left; nothing was stored
     * @throws IOException also if the object exists with other bytes
     */
    public void put(ObjectId id, long epoch, ByteBuffer... body) throws IOException {
        long sizeBytes = 0;
        for (ByteBuffer part : body) {
            sizeBytes += part.remaining();
        }
        Check.that(sizeBytes <= NeedleHeader.BODY_SIZE_BYTES_MAX, "an object of %d bytes", sizeBytes);
        Sha256 digest = digests.sha256(body);
        NeedleHeader header = NeedleHeader.needle(id, epoch, clockMillis.getAsLong(), sizeBytes, digest);
        claims.claim(id);
        try {
            Optional<Located> known = locate(id);
            if (known.isEmpty()) {
                putNew(header, body);
                return;
            }
            IndexEntry entry = known.get().entry();
            if (!entry.header().digest().equals(digest)) {
                throw new IOException("object " + id + " exists with other bytes: ids must not be used twice");
            }
            if (known.get().volume().quarantined(entry)) {
                known.get().volume().replace(entry, header, body);
            }
        } finally {
            claims.release(id);
        }
    }

    private void putNew(NeedleHeader header, ByteBuffer... body) throws IOException {
        Optional<IOException> failure = Optional.empty();
        for (Volume volume : inOrderFor(header.id())) {
            try {
                volume.put(header, duplicates(body));
                writeBack.wrote(header.sizeBytes());
                return;
            } catch (OutOfSpaceException full) {
                compaction.nudge();
                failure = failure.isEmpty() ? Optional.of(full) : failure;
            } catch (IOException failed) {
                // The volume has isolated itself; another one may do. This reason says more than a full disk does.
                failure = Optional.of(failed);
            }
        }
        throw failure.orElseGet(() -> new IOException("no disk takes new objects: see the store's status"));
    }

    private static ByteBuffer[] duplicates(ByteBuffer... buffers) {
        ByteBuffer[] duplicates = new ByteBuffer[buffers.length];
        for (int index = 0; index < buffers.length; index++) {
            duplicates[index] = buffers[index].duplicate();
        }
        return duplicates;
    }

    /** Healthy volumes, first the one that the id falls to when each has a share as large as its free space. */
    private List<Volume> inOrderFor(ObjectId id) {
        if (volumes.size() == 1) {
            return volumes.getFirst().healthy() ? volumes : List.of();
        }
        Map<Volume, Long> free = new HashMap<>();
        long totalBytes = 0;
        for (Volume volume : volumes) {
            long availableBytes = volume.availableBytes();
            free.put(volume, availableBytes);
            totalBytes += availableBytes;
        }
        long mixed = (id.high() * 0x9E3779B97F4A7C15L + id.low()) * 0xD1342543DE82EF95L;
        long point = totalBytes == 0 ? 0 : Long.remainderUnsigned(mixed ^ (mixed >>> 29), totalBytes);
        List<Volume> order = new ArrayList<>();
        for (Volume volume : volumes) {
            long share = free.getOrDefault(volume, 0L);
            if (point >= 0 && point < share) {
                order.add(volume);
            }
            point -= share;
        }
        volumes.stream()
                .filter(volume -> volume.healthy() && !order.contains(volume))
                .sorted(Comparator.comparingLong((Volume volume) -> free.getOrDefault(volume, 0L))
                        .reversed())
                .forEach(order::add);
        return order;
    }

    /**
     * Fills {@code into} completely from {@code offsetBytes} on, verified.
     *
     * @throws java.io.EOFException the object is shorter
     */
    public void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException {
        int start = into.position();
        Located found = locate(id).orElseThrow(() -> new FileNotFoundException("no object " + id));
        while (true) {
            try {
                found.volume().read(found.entry(), offsetBytes, into);
                return;
            } catch (NoSuchFileException removed) {
                // Compaction has moved it: its new place is in the index before the old one goes.
                Located now = locate(id).orElseThrow(() -> new FileNotFoundException("no object " + id));
                if (now.entry().samePlaceAs(found.entry())) {
                    throw new CorruptDataException("the container of object " + id + " is missing", removed);
                }
                found = now;
                into.position(start);
            }
        }
    }

    public Optional<NeedleHead> head(ObjectId id) throws IOException {
        return locate(id).map(ObjectStore::head);
    }

    private static NeedleHead head(Located located) {
        IndexEntry entry = located.entry();
        NeedleHeader header = entry.header();
        return new NeedleHead(
                header.id(),
                header.sizeBytes(),
                header.digest(),
                header.createdMillis(),
                header.epoch(),
                located.volume().diskId(),
                entry.segment(),
                entry.offsetBytes(),
                header.flags());
    }

    /** Deletes an object wherever it is; false if it was nowhere. Works on a full disk. */
    public boolean delete(ObjectId id) throws IOException {
        claims.claim(id);
        try {
            boolean deleted = false;
            for (Volume volume : volumes) {
                Optional<IndexEntry> entry = volume.find(id);
                if (entry.isPresent()) {
                    volume.delete(entry.get(), 0);
                    deleted = true;
                }
            }
            return deleted;
        } finally {
            claims.release(id);
        }
    }

    /** Up to {@code max} objects in the order of their ids, behind {@code afterExclusive}; fewer only at the end. */
    public List<NeedleHead> list(ObjectId afterExclusive, int max) throws IOException {
        TreeMap<ObjectId, NeedleHead> merged = new TreeMap<>();
        for (Volume volume : volumes) {
            for (IndexEntry entry : volume.list(afterExclusive, max)) {
                merged.put(entry.id(), head(new Located(volume, entry)));
            }
        }
        return merged.values().stream().limit(max).toList();
    }

    /** Returns once every put and delete before it survives a power cut. */
    public void sync() throws IOException {
        Optional<IOException> failure = Optional.empty();
        for (Volume volume : volumes) {
            try {
                volume.sync();
            } catch (IOException failed) {
                failure = Optional.of(failed);
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    public StoreSpace space() throws IOException {
        StoreSpace space = StoreSpace.NONE;
        for (Volume volume : volumes) {
            VolumeStatus status = volume.status();
            space = space.plus(new StoreSpace(
                    status.totalBytes(),
                    status.liveBytes(),
                    status.garbageBytes(),
                    status.freeBytes(),
                    status.reserveBytes(),
                    status.availableBytes()));
        }
        return space;
    }

    public ObjectStoreStatus status() throws IOException {
        List<VolumeStatus> statuses = new ArrayList<>();
        for (Volume volume : volumes) {
            statuses.add(volume.status());
        }
        return new ObjectStoreStatus(statuses, compaction.status(), scrub.status(), Digests.nativeEnabled());
    }

    public Compaction compaction() {
        return compaction;
    }

    public Scrub scrub() {
        return scrub;
    }

    private Optional<Located> locate(ObjectId id) throws IOException {
        for (Volume volume : volumes) {
            Optional<IndexEntry> entry = volume.find(id);
            if (entry.isPresent()) {
                return Optional.of(new Located(volume, entry.get()));
            }
        }
        return Optional.empty();
    }

    /** Ends as the death of the process would, for whoever must not trust itself to write any more. */
    public void abandon() throws IOException {
        writeBack.close();
        scrub.close();
        compaction.close();
        for (Volume volume : volumes) {
            volume.abandon();
        }
    }

    @Override
    public void close() throws IOException {
        writeBack.close();
        scrub.close();
        compaction.close();
        Optional<IOException> failure = Optional.empty();
        for (Volume volume : volumes) {
            try {
                volume.close();
            } catch (IOException failed) {
                failure = Optional.of(failed);
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
