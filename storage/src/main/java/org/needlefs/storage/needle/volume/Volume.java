package org.needlefs.storage.needle.volume;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.needle.index.NeedleIndex;
import org.needlefs.storage.needle.index.SegmentUsage;
import org.needlefs.storage.segment.SegmentInfo;
import org.needlefs.storage.segment.SegmentLog;
import org.needlefs.storage.segment.SegmentLogConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One data directory: containers, index, quarantine. What {@link #put} or {@link #delete} returned from survives the death
 * of the process, after {@link #sync} also a power cut.
 *
 * <p>After a failed append or sync the volume is isolated: it takes no more needles, reads go on. Threading: any; whoever
 * changes an object holds its claim. Borrows buffers until it returns.
 */
public final class Volume implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(Volume.class);

    /** Of a segment: what a rewrite must at least give back when the disk is nearly full, or it would never end. */
    private static final double NEARLY_FULL_GARBAGE_SHARE = 1 / 256.0;

    /** The one type of record in a container; the needle's header says the rest. */
    private static final byte RECORD_TYPE = 1;

    private final VolumeConfig config;
    private final DiskIdentity identity;
    private final Closeable lock;
    private final SegmentLog segments;
    private final NeedleIndex index;
    private final Quarantine quarantine;
    private final DamageList damages;
    private final SpaceGate gate;
    private final long replayedCount;

    /** The segment that the gate's figures are about. */
    private final AtomicLong measuredSegment = new AtomicLong(-1);

    /** Why the volume is isolated; empty while it is well. */
    private final AtomicReference<Optional<String>> failure = new AtomicReference<>(Optional.empty());

    private Volume(VolumeConfig config, DiskIdentity identity, Closeable lock, Opened opened, Quarantine quarantine)
            throws IOException {
        this.config = config;
        this.identity = identity;
        this.lock = lock;
        this.segments = opened.segments();
        this.index = opened.index();
        this.damages = opened.damages();
        this.replayedCount = opened.replayedCount();
        this.quarantine = quarantine;
        this.gate = new SpaceGate(SegmentLog.segmentRoomBytes(config.segmentSizeBytes()));
        measure();
    }

    private record Opened(SegmentLog segments, NeedleIndex index, DamageList damages, long replayedCount) {}

    public static Volume open(VolumeConfig config) throws IOException {
        Closeable lock = config.disk().lock();
        try {
            DiskIdentity identity = DiskIdentity.of(config.disk(), config.clusterId(), config::newDiskId);
            Quarantine quarantine = Quarantine.open(config.disk());
            return new Volume(config, identity, lock, openContent(config, identity), quarantine);
        } catch (IOException | RuntimeException | Error failed) {
            lock.close();
            throw failed;
        }
    }

    private static Opened openContent(VolumeConfig config, DiskIdentity identity) throws IOException {
        Path distrusted = distrustedMark(config.indexDirectory());
        if (config.trustIndex() && !Files.exists(distrusted)) {
            try {
                return openTrusting(config, identity);
            } catch (CorruptDataException bad) {
                log.warn("{}: the index is made anew: {}", config.disk().description(), bad.getMessage());
            }
        }
        deleteIndex(config.indexDirectory());
        Files.deleteIfExists(distrusted);
        return openTrusting(config, identity);
    }

    /** A file beside the index that says that it must not be used again. */
    private static Path distrustedMark(Path indexDirectory) {
        return indexDirectory.resolveSibling(indexDirectory.getFileName() + ".distrusted");
    }

    /** @throws CorruptDataException the index cannot be used, or the log cannot */
    private static Opened openTrusting(VolumeConfig config, DiskIdentity identity) throws IOException {
        AtomicReference<LongSupplier> lastSequence = new AtomicReference<>(() -> 0);
        NeedleIndex index = NeedleIndex.open(
                config.indexDirectory(),
                config.disk().description(),
                config.indexCacheBytes(),
                config.indexPendingMax(),
                () -> lastSequence.get().getAsLong());
        Optional<SegmentLog> opened = Optional.empty();
        try {
            SegmentLog segments = openLog(config, identity, index.watermark());
            opened = Optional.of(segments);
            if (segments.lastSequence() < index.watermark()) {
                throw new CorruptDataException("the index knows records up to " + index.watermark()
                        + ", the log has them up to " + segments.lastSequence());
            }
            DamageList damages = new DamageList();
            Replay replay = new Replay(index, damages, index.watermark());
            lastSequence.set(replay::completeUpTo);
            segments.scan(index.watermark() + 1, NeedleHeader.SIZE_BYTES, replay);
            forgetRemovedSegments(segments, index);
            lastSequence.set(segments::lastSequence);
            return new Opened(segments, index, damages, replay.recordCount());
        } catch (IOException | RuntimeException | Error failed) {
            index.abandon();
            if (opened.isPresent()) {
                opened.get().close();
            }
            throw failed;
        }
    }

    private static SegmentLog openLog(VolumeConfig config, DiskIdentity identity, long durableFloor)
            throws IOException {
        SegmentLogConfig logConfig = new SegmentLogConfig(
                        config.segmentSizeBytes(), identity.clusterId(), identity.diskId(), durableFloor)
                .withBodySizeMaxBytes(NeedleHeader.SIZE_BYTES + NeedleHeader.BODY_SIZE_BYTES_MAX);
        return SegmentLog.open(config.disk(), logConfig);
    }

    /** A crash between a segment's removal and the index's next batch leaves traces of the segment. */
    private static void forgetRemovedSegments(SegmentLog segments, NeedleIndex index) {
        List<Long> existing =
                segments.segments().stream().map(SegmentInfo::segment).toList();
        for (long segment : index.segments()) {
            if (!existing.contains(segment)) {
                index.segmentRemoved(segment);
            }
        }
    }

    private static void deleteIndex(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(directory)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }

    public Optional<IndexEntry> find(ObjectId id) throws IOException {
        try {
            return index.find(id);
        } catch (CorruptDataException bad) {
            throw distrustIndex(bad);
        }
    }

    public List<IndexEntry> list(ObjectId afterExclusive, int max) throws IOException {
        try {
            return index.list(afterExclusive, max);
        } catch (CorruptDataException bad) {
            throw distrustIndex(bad);
        }
    }

    /** The containers are the truth: the next open makes the index anew. Until then nothing new comes in here. */
    private IOException distrustIndex(CorruptDataException bad) {
        isolate("the index is damaged and will be made anew at the next start: " + bad.getMessage());
        try {
            Path mark = distrustedMark(config.indexDirectory());
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        } catch (IOException failed) {
            bad.addSuppressed(failed);
        }
        return bad;
    }

    /** Whether the record is known to be bad: a good one of the same object may take its place. */
    public boolean quarantined(IndexEntry entry) {
        return quarantine.contains(entry.id(), entry.sequence());
    }

    /** Stores a good copy of a quarantined needle and ends the quarantine. */
    public void replace(IndexEntry bad, NeedleHeader header, ByteBuffer... body) throws IOException {
        takeRoom(header);
        IndexEntry unused = append(header, Optional.of(bad), body);
        quarantine.remove(bad.id(), bad.sequence());
    }

    /**
     * Stores a needle that this volume does not have.
     *
     * @throws OutOfSpaceException only the reserve is left
     */
    public void put(NeedleHeader header, ByteBuffer... body) throws IOException {
        takeRoom(header);
        IndexEntry unused = append(header, Optional.empty(), body);
    }

    private void takeRoom(NeedleHeader header) throws IOException {
        long recordBytes = SegmentLog.recordSizeBytes(NeedleHeader.SIZE_BYTES + header.sizeBytes());
        if (!gate.take(recordBytes)) {
            // The gate's figures may be old: others use the disk too.
            measure();
            if (!gate.take(recordBytes)) {
                throw new OutOfSpaceException(
                        config.disk().description() + " has no room for " + recordBytes + " bytes beside its reserve");
            }
        }
    }

    /** Appends a needle that may use the reserve; {@code before} is its place so far. */
    IndexEntry append(NeedleHeader header, Optional<IndexEntry> before, ByteBuffer... body) throws IOException {
        NeedleIndex.Append append = index.begin();
        try {
            SegmentLog.Appended appended = appendRecord(header, body);
            IndexEntry entry = new IndexEntry(
                    header,
                    appended.sequence(),
                    appended.position().segment(),
                    appended.position().offsetBytes());
            index.put(entry, before, before.isPresent() ? Replay.recordBytes(before.get()) : 0);
            return entry;
        } finally {
            index.end(append);
        }
    }

    /** Ends a needle for ever. May use the reserve. */
    public void delete(IndexEntry entry, long epoch) throws IOException {
        NeedleHeader tombstone = NeedleHeader.tombstone(
                entry.id(),
                epoch,
                config.clockMillis().getAsLong(),
                entry.sequence(),
                entry.header().previousSequence());
        NeedleIndex.Append append = index.begin();
        try {
            SegmentLog.Appended appended = appendRecord(tombstone);
            index.remove(entry, Replay.recordBytes(entry));
            index.addTombstone(
                    appended.position().segment(),
                    tombstone,
                    appended.sequence(),
                    SegmentLog.recordSizeBytes(NeedleHeader.SIZE_BYTES));
        } finally {
            index.end(append);
        }
        if (quarantine.contains(entry.id(), entry.sequence())) {
            quarantine.remove(entry.id(), entry.sequence());
        }
    }

    /** Appends a tombstone that compaction takes along. */
    void appendTombstone(NeedleHeader tombstone) throws IOException {
        NeedleIndex.Append append = index.begin();
        try {
            SegmentLog.Appended appended = appendRecord(tombstone);
            index.addTombstone(
                    appended.position().segment(),
                    tombstone,
                    appended.sequence(),
                    SegmentLog.recordSizeBytes(NeedleHeader.SIZE_BYTES));
        } finally {
            index.end(append);
        }
    }

    private SegmentLog.Appended appendRecord(NeedleHeader header, ByteBuffer... body) throws IOException {
        ByteBuffer[] parts = new ByteBuffer[body.length + 1];
        parts[0] = ByteBuffer.allocate(NeedleHeader.SIZE_BYTES);
        header.writeTo(parts[0]);
        parts[0].flip();
        System.arraycopy(body, 0, parts, 1, body.length);
        SegmentLog.Appended appended;
        try {
            appended = segments.append(RECORD_TYPE, parts);
        } catch (OutOfSpaceException full) {
            measure();
            throw full;
        } catch (IOException failed) {
            isolate("an append failed: " + failed.getMessage());
            throw failed;
        }
        if (appended.position().segment() != measuredSegment.get()) {
            measure();
        }
        return appended;
    }

    /**
     * Fills {@code into} from a needle's body, verified.
     *
     * @throws NoSuchFileException the needle was moved or deleted since the entry was found
     */
    public void read(IndexEntry entry, long offsetBytes, ByteBuffer into) throws IOException {
        if (quarantine.contains(entry.id(), entry.sequence())) {
            throw new CorruptDataException(
                    "object " + entry.id() + " on " + config.disk().description() + " was found to be damaged");
        }
        if (offsetBytes < 0 || offsetBytes + into.remaining() > entry.header().sizeBytes()) {
            throw new EOFException("object " + entry.id() + " has "
                    + entry.header().sizeBytes() + " bytes, wanted " + into.remaining() + " from " + offsetBytes);
        }
        segments.read(entry.position(), NeedleHeader.SIZE_BYTES + offsetBytes, into);
    }

    /** Returns once all that was put and deleted before survives a power cut. */
    public void sync() throws IOException {
        long last = segments.lastSequence();
        if (segments.durableSequence() >= last) {
            return;
        }
        try {
            segments.sync(last);
        } catch (IOException failed) {
            isolate("a sync failed: " + failed.getMessage());
            throw failed;
        }
    }

    private void isolate(String why) {
        if (failure.compareAndSet(Optional.empty(), Optional.of(why))) {
            log.error("{} takes no more objects: {}", config.disk().description(), why);
        }
    }

    /** Sets the gate right after a segment was made or removed. */
    void measure() throws IOException {
        SegmentInfo newest = segments.segments().getLast();
        long tailBytes = newest.sealed() ? 0 : SegmentLog.tailBytes(config.segmentSizeBytes(), newest.usedBytes());
        gate.measured(tailBytes, config.disk().usableBytes(), config.reserveBytes(), config.segmentSizeBytes());
        measuredSegment.set(newest.segment());
    }

    public UUID diskId() {
        return identity.diskId();
    }

    public boolean healthy() {
        return failure.get().isEmpty();
    }

    /** What puts can still use. */
    public long availableBytes() {
        return healthy() ? gate.availableBytes() : 0;
    }

    /** For messages. */
    public String description() {
        return config.disk().description();
    }

    public VolumeStatus status() throws IOException {
        long liveBytes = 0;
        long garbageBytes = 0;
        List<SegmentInfo> all = segments.segments();
        for (SegmentInfo segment : all) {
            long garbage = garbageBytes(segment, all);
            garbageBytes += garbage;
            liveBytes += Math.max(0, segment.usedBytes() - garbage);
        }
        measure();
        SegmentInfo newest = all.getLast();
        long unusedBytes = newest.sealed() ? 0 : Math.max(0, config.segmentSizeBytes() - newest.usedBytes());
        return new VolumeStatus(
                config.disk().description(),
                identity.diskId(),
                failure.get(),
                config.disk().totalBytes(),
                liveBytes,
                garbageBytes,
                config.disk().usableBytes() + unusedBytes,
                config.reserveBytes(),
                availableBytes(),
                all.size(),
                segments.lastSequence() - segments.durableSequence(),
                replayedCount,
                damages.count(),
                damages.kept(),
                quarantine.ids());
    }

    /** What a compaction of the segment would give back; {@code all} are the segments, oldest first. */
    long garbageBytes(SegmentInfo segment, List<SegmentInfo> all) {
        SegmentUsage usage = index.usage(segment.segment());
        boolean tombstonesNeeded = usage.tombstoneBytes() > 0
                && holdsElsewhere(all, segment.segment(), usage.killedLowest(), usage.killedHighest());
        return usage.deadBytes() + (tombstonesNeeded ? 0 : usage.tombstoneBytes());
    }

    /**
     * All segments with garbage, oldest first. The newest one is sealed for it, unless there is no room for another.
     */
    public List<Long> sealedWithGarbage() throws IOException {
        List<SegmentInfo> all = segments.segments();
        SegmentInfo newest = all.getLast();
        if (!newest.sealed() && garbageBytes(newest, all) > 0) {
            segments.roll();
            measure();
        }
        return all.stream()
                .filter(segment -> garbageBytes(segment, all) > 0)
                .map(SegmentInfo::segment)
                .toList();
    }

    /**
     * The sealed segment with the largest share of garbage that is worth a compaction: at least {@code percentMin}, or
     * any when the disk is nearly full.
     */
    public Optional<Long> worstSegment(int percentMin, LongPredicate allowed) throws IOException {
        measure();
        List<SegmentInfo> all = segments.segments();
        double worstShare = 0;
        Optional<Long> worst = Optional.empty();
        double shareMin = gate.nearlyFull() ? NEARLY_FULL_GARBAGE_SHARE : percentMin / 100.0;
        for (SegmentInfo segment : all) {
            double share = (double) garbageBytes(segment, all) / segment.usedBytes();
            boolean candidate = segment.sealed() && share >= shareMin && share > worstShare;
            if (candidate && allowed.test(segment.segment())) {
                worstShare = share;
                worst = Optional.of(segment.segment());
            }
        }
        return worst;
    }

    /** Whether a segment other than {@code own} may hold a record with a sequence between these. */
    static boolean holdsElsewhere(List<SegmentInfo> all, long own, long lowestSequence, long highestSequence) {
        // Segments are in the order of their sequences: look from the first that does not end too early.
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle).lastSequence() < lowestSequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int index = low; index < all.size() && all.get(index).firstSequence() <= highestSequence; index++) {
            if (all.get(index).segment() != own) {
                return true;
            }
        }
        return false;
    }

    VolumeConfig config() {
        return config;
    }

    SegmentLog segments() {
        return segments;
    }

    NeedleIndex index() {
        return index;
    }

    Quarantine quarantine() {
        return quarantine;
    }

    DamageList damages() {
        return damages;
    }

    /** Ends as the death of the process would: nothing is written any more. */
    public void abandon() throws IOException {
        try (lock) {
            index.abandon();
        }
    }

    @Override
    public void close() throws IOException {
        try (lock;
                segments) {
            index.close();
        }
    }
}
