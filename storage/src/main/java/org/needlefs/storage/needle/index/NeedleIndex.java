package org.needlefs.storage.needle.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.needlefs.storage.Check;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.NeedleHeader;

/**
 * Says where each needle of one disk is. Changes are visible at once, wait in memory and go to Xodus in large batches on a
 * thread of the index's own, together with a watermark: the log sequence up to which the batch is complete. Opening has to show
 * it all records behind the {@link #watermark} again; showing it a record twice changes nothing.
 *
 * <p>Bounds: {@code pendingMax} changes in memory, then writers block until a batch is written; Xodus's cache.
 * Threading: any; changes of one and the same id are the caller's to serialize. Throws: {@link CorruptDataException} if
 * Xodus cannot be read or could not be written once; the index must then be thrown away and made anew from the containers.
 */
public final class NeedleIndex implements Closeable {
    /** Changes wait at most this long: short enough that replaying them at open is quick. */
    private static final long BATCH_AGE_MILLIS_MAX = 10_000;

    /** Overlay under which a batch is not worth writing before its time. */
    private static final int BATCH_SHARE_OF_PENDING = 4;

    private final IndexStore store;
    private final int pendingMax;
    private final Thread writer;
    private final Object lock = new Object();

    /** Says up to which sequence records are in the log; asked when no append is under way. */
    private final LongSupplier lastSequence;

    @GuardedBy("lock")
    private final ArrayDeque<Append> appends = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Map<Long, SegmentUsage> usages;

    @GuardedBy("lock")
    private boolean writeWanted;

    @GuardedBy("lock")
    private boolean closing;

    @GuardedBy("lock")
    private long batchesWritten;

    @GuardedBy("lock")
    private Optional<IOException> failure = Optional.empty();

    /** Changed under the lock, read by any. */
    private volatile Layers layers = new Layers(new Overlay(), Overlay.EMPTY);

    /** No needle has a higher id than this one. Changed under the lock, read by any. */
    private volatile ObjectId highest;

    private record Layers(Overlay active, Overlay draining) {}

    /** An append to the log whose record is not in the index yet: nothing behind {@code floor} may be called complete. */
    public static final class Append {
        private final long floor;
        private boolean done;

        private Append(long floor) {
            this.floor = floor;
        }
    }

    private NeedleIndex(IndexStore store, String name, int pendingMax, LongSupplier lastSequence) throws IOException {
        this.store = store;
        this.pendingMax = pendingMax;
        this.lastSequence = lastSequence;
        this.usages = new TreeMap<>(store.usages());
        this.highest = store.highest().orElse(new ObjectId(0, 0));
        this.writer = Thread.ofPlatform().name("index-" + name).daemon().unstarted(this::writeBatches);
    }

    /**
     * @param lastSequence the last record in the log: what the index is complete up to when no append is under way
     * @throws CorruptDataException what is in the directory cannot be used
     */
    public static NeedleIndex open(
            Path directory, String name, long cacheBytes, int pendingMax, LongSupplier lastSequence)
            throws IOException {
        IndexStore store = IndexStore.open(directory, cacheBytes);
        try {
            NeedleIndex index = new NeedleIndex(store, name, pendingMax, lastSequence);
            index.writer.start();
            return index;
        } catch (IOException bad) {
            store.close();
            throw bad;
        }
    }

    /** Records behind this one have to be shown again after an open. */
    public long watermark() {
        return store.watermark();
    }

    /**
     * Whether a record may have had a part in a batch before this open although it is behind the watermark: whoever
     * replays it has to ask {@link #deadOffsets}.
     */
    public boolean mayHaveSeen(long sequence) {
        return sequence <= store.seenAtOpen();
    }

    public Optional<IndexEntry> find(ObjectId id) throws CorruptDataException {
        if (id.compareTo(highest) > 0) {
            return Optional.empty();
        }
        Layers now = layers;
        Optional<Optional<IndexEntry>> said = now.active().find(id);
        if (said.isEmpty()) {
            said = now.draining().find(id);
        }
        return said.isPresent() ? said.get() : store.find(id);
    }

    /** To be called before a record is appended; {@link #end} after it is in the index or the append has failed. */
    public Append begin() {
        synchronized (lock) {
            Append append = new Append(lastSequence.getAsLong());
            appends.addLast(append);
            return append;
        }
    }

    public void end(Append append) {
        synchronized (lock) {
            append.done = true;
            while (!appends.isEmpty() && appends.getFirst().done) {
                appends.removeFirst();
            }
        }
    }

    /**
     * The needle is at this place now.
     *
     * @param before what {@link #find} said; its record is dead from now on if it is another one
     * @param beforeRecordBytes what that record takes in its segment
     */
    public void put(IndexEntry entry, Optional<IndexEntry> before, long beforeRecordBytes) throws IOException {
        synchronized (lock) {
            awaitRoom();
            Layers now = layers;
            boolean storedBelow =
                    before.isPresent() || now.draining().find(entry.id()).isPresent();
            now.active().put(entry, storedBelow);
            if (before.isPresent() && !before.get().samePlaceAs(entry)) {
                markDead(before.get().segment(), before.get().offsetBytes(), beforeRecordBytes);
            }
            if (entry.id().compareTo(highest) > 0) {
                highest = entry.id();
            }
            wakeIfLarge();
        }
    }

    /**
     * The needle is no longer there.
     *
     * @param before what {@link #find} said
     */
    public void remove(IndexEntry before, long beforeRecordBytes) throws IOException {
        synchronized (lock) {
            awaitRoom();
            layers.active().remove(before.id());
            markDead(before.segment(), before.offsetBytes(), beforeRecordBytes);
            wakeIfLarge();
        }
    }

    /**
     * A tombstone was appended to this segment.
     *
     * @param sequence its own; one that the index may have counted before a restart is not counted again
     */
    public void addTombstone(long segment, NeedleHeader tombstone, long sequence, long recordBytes) {
        long countedBytes = sequence <= store.seenAtOpen() ? 0 : recordBytes;
        synchronized (lock) {
            SegmentUsage usage = usages.getOrDefault(segment, SegmentUsage.NONE);
            usages.put(
                    segment,
                    usage.plusTombstone(countedBytes, tombstone.killedSequence(), tombstone.previousSequence()));
            layers.active().touch(segment);
        }
    }

    /** A record that no entry points to is of no use: a duplicate, or one that a tombstone has ended. */
    public void addDead(long segment, long offsetBytes, long recordBytes) throws IOException {
        synchronized (lock) {
            awaitRoom();
            markDead(segment, offsetBytes, recordBytes);
        }
    }

    /** The segment's file is gone. */
    public void segmentRemoved(long segment) {
        synchronized (lock) {
            usages.remove(segment);
            layers.active().removeSegment(segment);
        }
    }

    /** Offsets of the records in a segment that are known to be of no use. Bound: the records of one segment. */
    public Set<Long> deadOffsets(long segment) throws IOException {
        Set<Long> dead = new HashSet<>();
        synchronized (lock) {
            addAll(dead, layers.active().deadOffsets(segment));
            addAll(dead, layers.draining().deadOffsets(segment));
        }
        // Behind the overlays: a batch that is written meanwhile is then found here.
        for (long[] offsets : store.deadOffsets(segment)) {
            addAll(dead, offsets);
        }
        return dead;
    }

    private static void addAll(Set<Long> set, long[] values) {
        for (long value : values) {
            set.add(value);
        }
    }

    /** Segments that the index keeps a usage of. */
    public Set<Long> segments() {
        synchronized (lock) {
            return Set.copyOf(usages.keySet());
        }
    }

    public SegmentUsage usage(long segment) {
        synchronized (lock) {
            return usages.getOrDefault(segment, SegmentUsage.NONE);
        }
    }

    /** Up to {@code max} entries in the order of their ids, behind {@code afterExclusive}. */
    public List<IndexEntry> list(ObjectId afterExclusive, int max) throws CorruptDataException {
        Layers now = layers;
        TreeMap<ObjectId, Optional<IndexEntry>> recent = new TreeMap<>();
        recent.putAll(now.draining().entries());
        recent.putAll(now.active().entries());
        List<IndexEntry> listed = new ArrayList<>();
        ObjectId after = afterExclusive;
        while (listed.size() < max) {
            // One more, because the range of a cursor includes its start.
            List<IndexEntry> stored = store.list(after, max + 1);
            boolean atEnd = stored.size() <= max;
            TreeMap<ObjectId, Optional<IndexEntry>> merged = new TreeMap<>();
            for (IndexEntry entry : stored) {
                if (entry.id().compareTo(after) > 0) {
                    merged.put(entry.id(), Optional.of(entry));
                }
            }
            Map<ObjectId, Optional<IndexEntry>> inRange = atEnd
                    ? recent.tailMap(after, false)
                    : recent.subMap(after, false, stored.getLast().id(), true);
            merged.putAll(inRange);
            for (Optional<IndexEntry> entry : merged.values()) {
                if (entry.isPresent() && listed.size() < max) {
                    listed.add(entry.get());
                }
            }
            if (atEnd) {
                break;
            }
            after = stored.getLast().id();
        }
        return listed;
    }

    /** Writes all changes made before this call to Xodus and waits for it. Not durable. */
    public void write() throws IOException {
        synchronized (lock) {
            // A batch under way may have begun before the last change: two ends from now all is in.
            long wanted = batchesWritten + (layers.draining() == Overlay.EMPTY ? 1 : 2);
            while (batchesWritten < wanted && !closing) {
                throwFailure();
                writeWanted = true;
                lock.notifyAll();
                await(0);
            }
            throwFailure();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            boolean failed;
            synchronized (lock) {
                failed = failure.isPresent();
            }
            if (!failed) {
                write();
            }
        } finally {
            synchronized (lock) {
                closing = true;
                lock.notifyAll();
            }
            join();
            store.close();
        }
    }

    /** Stops as a crash would: what is not in Xodus yet is not written. Xodus's files are left as they are. */
    public void abandon() throws IOException {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        join();
        store.close();
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException ignored) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @GuardedBy("lock")
    private void markDead(long segment, long offsetBytes, long recordBytes) {
        layers.active().addDead(segment, offsetBytes);
        usages.put(segment, usages.getOrDefault(segment, SegmentUsage.NONE).plusDead(recordBytes));
    }

    @GuardedBy("lock")
    private void awaitRoom() throws IOException {
        throwFailure();
        while (layers.active().weight() >= pendingMax) {
            writeWanted = true;
            lock.notifyAll();
            await(0);
            throwFailure();
            Check.that(!closing, "the index is closed");
        }
    }

    @GuardedBy("lock")
    private void wakeIfLarge() {
        if (!writeWanted && layers.active().weight() >= pendingMax / BATCH_SHARE_OF_PENDING) {
            writeWanted = true;
            lock.notifyAll();
        }
    }

    @GuardedBy("lock")
    private void throwFailure() throws IOException {
        if (failure.isPresent()) {
            throw new IOException("the index failed earlier", failure.get());
        }
    }

    /** The caller loops. */
    @SuppressWarnings("WaitNotInLoop")
    @GuardedBy("lock")
    private void await(long millis) throws IOException {
        try {
            lock.wait(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the index");
        }
    }

    /** The writer's thread. */
    private void writeBatches() {
        while (true) {
            Overlay full;
            long watermark;
            long seen;
            Map<Long, SegmentUsage> touched;
            synchronized (lock) {
                awaitBatch();
                if (closing) {
                    return;
                }
                writeWanted = false;
                seen = lastSequence.getAsLong();
                watermark = appends.isEmpty() ? seen : appends.getFirst().floor;
                full = layers.active();
                touched = full.touched(usages);
                layers = new Layers(new Overlay(), full);
            }
            Optional<IOException> problem = Optional.empty();
            try {
                // Nobody changes the overlay any more, so this needs no lock.
                store.write(full.batch(Math.max(watermark, store.watermark()), seen, touched));
            } catch (IOException bad) {
                problem = Optional.of(bad);
            }
            synchronized (lock) {
                if (problem.isPresent()) {
                    // The layers stay as they are: reads go on, writers are told.
                    failure = problem;
                    lock.notifyAll();
                    return;
                }
                layers = new Layers(layers.active(), Overlay.EMPTY);
                batchesWritten++;
                lock.notifyAll();
            }
        }
    }

    @GuardedBy("lock")
    private void awaitBatch() {
        long waitedSinceMillis = System.nanoTime() / 1_000_000;
        while (!writeWanted && !closing) {
            long ageMillis = System.nanoTime() / 1_000_000 - waitedSinceMillis;
            if (ageMillis >= BATCH_AGE_MILLIS_MAX && !layers.active().isEmpty()) {
                return;
            }
            try {
                lock.wait(Math.max(1, BATCH_AGE_MILLIS_MAX - ageMillis));
            } catch (InterruptedException ignored) {
                // Nobody interrupts this thread; if somebody does, it ends by being closed.
                continue;
            }
            if (layers.active().isEmpty() && !writeWanted) {
                waitedSinceMillis = System.nanoTime() / 1_000_000;
            }
        }
    }
}
