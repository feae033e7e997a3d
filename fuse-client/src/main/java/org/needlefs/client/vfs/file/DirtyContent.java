package org.needlefs.client.vfs.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.needlefs.client.vfs.buffer.ChunkBuffer;
import org.needlefs.client.vfs.buffer.PagePool;
import org.needlefs.client.vfs.buffer.RangeSet;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.storage.ObjectId;

/**
 * Everything written to one file and not committed: layers of buffers for each chunk, newest above, and the uploads in
 * the order in which they must be committed.
 *
 * <p>Invariant: of a chunk's layers only the newest may be unfrozen, and each frozen one has exactly one upload. Because
 * uploads are committed in order, what a reader sees (committed below, layers above) never goes back in time.
 * Bound: {@value #RANGE_COUNT_MAX} ranges a buffer; bytes by the {@link PagePool}. Threading: confined to the file's memory lock.
 */
final class DirtyContent {
    static final int RANGE_COUNT_MAX = 1024;

    /** A buffer that reaches its chunk's end in one piece of at least this part of it is uploaded at once. */
    private static final int COMPLETE_DIVISOR = 4;

    private final PagePool pool;
    private final Geometry geometry;
    private final Supplier<ObjectId> objectIds;
    private final TreeMap<Long, List<ChunkBuffer>> layers = new TreeMap<>();
    private final ArrayDeque<ChunkUpload> uploads = new ArrayDeque<>();
    private long lastTicket;

    DirtyContent(PagePool pool, Geometry geometry, Supplier<ObjectId> objectIds) {
        this.pool = pool;
        this.geometry = geometry;
        this.objectIds = objectIds;
    }

    boolean isEmpty() {
        return layers.isEmpty();
    }

    /** Behind the last byte that was written and is not committed; 0 if there is none. */
    long end() {
        for (Map.Entry<Long, List<ChunkBuffer>> entry : layers.descendingMap().entrySet()) {
            int chunkEnd = 0;
            for (ChunkBuffer buffer : entry.getValue()) {
                chunkEnd = Math.max(chunkEnd, buffer.ranges().lastEnd());
            }
            if (chunkEnd > 0) {
                return entry.getKey() * geometry.chunkSizeBytes() + chunkEnd;
            }
        }
        return 0;
    }

    long sizeBytes() {
        long sum = 0;
        for (List<ChunkBuffer> chunk : layers.values()) {
            for (ChunkBuffer buffer : chunk) {
                sum += buffer.ranges().sizeBytes();
            }
        }
        return sum;
    }

    /** Takes bytes of one chunk; returns how many reserved pages were used. */
    int write(long chunkIndex, int chunkOffset, ByteBuffer from, int sizeBytes) {
        List<ChunkBuffer> chunk = layers.computeIfAbsent(chunkIndex, index -> new ArrayList<>(1));
        if (chunk.isEmpty() || chunk.getLast().isFrozen()) {
            chunk.add(new ChunkBuffer(pool, chunkIndex));
        }
        return chunk.getLast().write(chunkOffset, from, sizeBytes);
    }

    /** Freezes the newest layer of a chunk just written if there is no use in waiting for more; true if it did. */
    boolean freezeIfComplete(long chunkIndex, long committedSizeBytes) {
        ChunkBuffer buffer = layers.getOrDefault(chunkIndex, List.of()).getLast();
        RangeSet ranges = buffer.ranges();
        boolean complete = ranges.count() == 1
                && ranges.lastEnd() == geometry.chunkSizeBytes()
                && ranges.sizeBytes() >= geometry.chunkSizeBytes() / COMPLETE_DIVISOR;
        if (buffer.isFrozen() || (!complete && ranges.count() < RANGE_COUNT_MAX)) {
            return false;
        }
        freeze(buffer, committedSizeBytes);
        return true;
    }

    /** Freezes all that is written and gives failed uploads another chance; returns the last ticket of what there is. */
    long freezeAll(long committedSizeBytes) {
        for (List<ChunkBuffer> chunk : layers.values()) {
            if (!chunk.getLast().isFrozen()) {
                freeze(chunk.getLast(), committedSizeBytes);
            }
        }
        for (ChunkUpload upload : uploads) {
            if (upload.state() == ChunkUpload.State.FAILED) {
                upload.become(ChunkUpload.State.QUEUED);
            }
        }
        return uploads.isEmpty() ? 0 : uploads.getLast().ticket();
    }

    private void freeze(ChunkBuffer buffer, long committedSizeBytes) {
        buffer.freeze();
        boolean mayBeInline = buffer.chunkIndex() == 0
                && buffer.ranges().lastEnd() <= geometry.inlineSizeMax()
                && committedSizeBytes <= geometry.inlineSizeMax();
        uploads.add(new ChunkUpload(++lastTicket, objectIds.get(), buffer, mayBeInline));
    }

    /** The oldest upload that nobody has begun, now running. */
    Optional<ChunkUpload> claim() {
        for (ChunkUpload upload : uploads) {
            if (upload.state() == ChunkUpload.State.QUEUED) {
                upload.become(ChunkUpload.State.RUNNING);
                return Optional.of(upload);
            }
        }
        return Optional.empty();
    }

    int queuedCount() {
        int count = 0;
        for (ChunkUpload upload : uploads) {
            count += upload.state() == ChunkUpload.State.QUEUED ? 1 : 0;
        }
        return count;
    }

    boolean isRunningUpTo(long ticket) {
        for (ChunkUpload upload : uploads) {
            if (upload.ticket() <= ticket && upload.state() == ChunkUpload.State.RUNNING) {
                return true;
            }
        }
        return false;
    }

    boolean isPendingUpTo(long ticket) {
        return !uploads.isEmpty() && uploads.getFirst().ticket() <= ticket;
    }

    /** The oldest uploads that are stored, as many as fit one command: different chunks, bounded in number. */
    List<ChunkUpload> storedFirst(int chunkCountMax, int rangeCountMax) {
        List<ChunkUpload> batch = new ArrayList<>();
        Set<Long> chunks = new HashSet<>();
        int rangeCount = 0;
        for (ChunkUpload upload : uploads) {
            rangeCount += upload.buffer().layout().count();
            boolean full = batch.size() == chunkCountMax || (rangeCount > rangeCountMax && !batch.isEmpty());
            if (upload.state() != ChunkUpload.State.STORED
                    || full
                    || !chunks.add(upload.buffer().chunkIndex())) {
                break;
            }
            batch.add(upload);
        }
        return batch;
    }

    /** Forgets uploads, committed or given up, and frees their memory. */
    void remove(List<ChunkUpload> gone) {
        for (ChunkUpload upload : gone) {
            uploads.remove(upload);
            ChunkBuffer buffer = upload.buffer();
            List<ChunkBuffer> chunk = layers.getOrDefault(buffer.chunkIndex(), new ArrayList<>());
            chunk.remove(buffer);
            if (chunk.isEmpty()) {
                layers.remove(buffer.chunkIndex());
            }
            buffer.free();
        }
    }

    /** Forgets everything; nothing may be running. */
    void removeAll() {
        for (List<ChunkBuffer> chunk : layers.values()) {
            chunk.forEach(ChunkBuffer::free);
        }
        layers.clear();
        uploads.clear();
    }

    /** Cuts off everything from {@code sizeBytes} on; what is being uploaded keeps its memory until it is done. */
    void cutFrom(long sizeBytes) {
        long firstChunk = sizeBytes / geometry.chunkSizeBytes();
        Iterator<Map.Entry<Long, List<ChunkBuffer>>> tail =
                layers.tailMap(firstChunk, true).entrySet().iterator();
        while (tail.hasNext()) {
            Map.Entry<Long, List<ChunkBuffer>> entry = tail.next();
            int cut = entry.getKey() == firstChunk ? (int) (sizeBytes % geometry.chunkSizeBytes()) : 0;
            List<ChunkBuffer> chunk = entry.getValue();
            chunk.forEach(buffer -> buffer.cutFrom(cut));
            ChunkBuffer newest = chunk.getLast();
            if (!newest.isFrozen() && newest.ranges().isEmpty()) {
                newest.free();
                chunk.removeLast();
            }
            if (chunk.isEmpty()) {
                tail.remove();
            }
        }
    }

    /**
     * Copies what the layers have of a stretch of one chunk into {@code into} at {@code intoIndex}, newest first, and
     * returns the ranges of the chunk that none of them has.
     */
    RangeSet read(long chunkIndex, int from, int to, ByteBuffer into, int intoIndex) {
        RangeSet missing = new RangeSet();
        missing.add(from, to);
        List<ChunkBuffer> chunk = layers.getOrDefault(chunkIndex, List.of());
        for (int i = chunk.size() - 1; i >= 0 && !missing.isEmpty(); i--) {
            RangeSet asked = missing.copy();
            for (int j = 0; j < asked.count(); j++) {
                readLayer(chunk.get(i), asked.start(j), asked.end(j), into, intoIndex - from, missing);
            }
        }
        return missing;
    }

    private static void readLayer(ChunkBuffer layer, int from, int to, ByteBuffer into, int shift, RangeSet missing) {
        RangeSet ranges = layer.ranges();
        for (int i = ranges.firstEndingAfter(from); i < ranges.count() && ranges.start(i) < to; i++) {
            int start = Math.max(from, ranges.start(i));
            int end = Math.min(to, ranges.end(i));
            layer.read(start, into, start + shift, end - start);
            missing.remove(start, end);
        }
    }

    /** Adds the ranges that the layers of a chunk have. */
    void addRanges(long chunkIndex, RangeSet sum) {
        for (ChunkBuffer buffer : layers.getOrDefault(chunkIndex, List.of())) {
            RangeSet ranges = buffer.ranges();
            for (int i = 0; i < ranges.count(); i++) {
                sum.add(ranges.start(i), ranges.end(i));
            }
        }
    }
}
