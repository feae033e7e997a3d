package org.needlefs.client.vfs.merge;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.needlefs.client.vfs.file.ObjectWriter;
import org.needlefs.client.vfs.read.ExtentReader;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.storage.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites chunks that are in too many pieces, on one thread of its own; what to rewrite says {@link MergePlan}.
 * Nobody waits for it and nobody is told: the bytes stay the same. A chunk that changes under its hands is left
 * to the next time; the object written in vain is found by {@code gc}.
 *
 * <p>Bound: {@value #QUEUE_MAX} chunks wait, one more is forgotten until it is written again; {@value #COUNTED_MAX} chunks are
 * counted; one buffer of a chunk's size. Threading: any; the lock is held for memory only.
 */
public final class ChunkMerger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkMerger.class);
    private static final int QUEUE_MAX = 1024;
    private static final int COUNTED_MAX = 4096;

    /** A chunk is looked at each time it got so many parts of the pieces that it may have. */
    private static final int LOOK_DIVISOR = 4;

    private static final int SWAP_TRY_COUNT_MAX = 8;

    private final FileSystem fileSystem;
    private final ExtentReader reader;
    private final ObjectWriter objects;
    private final Consumer<Inode> forgetChunks;
    private final int extentCountMax;
    private final Thread thread;
    private final LongAdder merged = new LongAdder();

    /** Confined to the thread. */
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @GuardedBy("this")
    private final LinkedHashMap<ChunkKey, Integer> newPieces = new LinkedHashMap<>();

    @GuardedBy("this")
    private final ArrayDeque<ChunkKey> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private final Set<ChunkKey> queued = new HashSet<>();

    @GuardedBy("this")
    private boolean busy;

    @GuardedBy("this")
    private boolean closed;

    private record ChunkKey(Inode inode, long chunkIndex) {}

    /** @param forgetChunks is told when chunks of a file have moved */
    public ChunkMerger(
            FileSystem fileSystem,
            ExtentReader reader,
            ObjectWriter objects,
            Consumer<Inode> forgetChunks,
            int extentCountMax) {
        this.fileSystem = fileSystem;
        this.reader = reader;
        this.objects = objects;
        this.forgetChunks = forgetChunks;
        this.extentCountMax = extentCountMax;
        this.thread = Thread.ofPlatform().daemon().name("chunk-merger").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public long mergedCount() {
        return merged.sum();
    }

    /** Counts what was committed. */
    public synchronized void committed(Inode inode, List<Chunk> chunks) {
        for (Chunk chunk : chunks) {
            ChunkKey key = new ChunkKey(inode, chunk.index());
            if (isWhole(chunk)) {
                newPieces.remove(key);
                continue;
            }
            int count = newPieces.getOrDefault(key, 0) + chunk.extents().size();
            newPieces.remove(key);
            if (count >= Math.max(1, extentCountMax / LOOK_DIVISOR)) {
                enqueue(key);
            } else {
                newPieces.put(key, count);
            }
        }
        while (newPieces.size() > COUNTED_MAX) {
            newPieces.pollFirstEntry();
        }
    }

    private boolean isWhole(Chunk chunk) {
        return chunk.extents().size() == 1
                && chunk.extents().getFirst().sizeBytes()
                        == fileSystem.geometry().chunkSizeBytes();
    }

    @GuardedBy("this")
    private void enqueue(ChunkKey key) {
        if (queue.size() < QUEUE_MAX && !closed && queued.add(key)) {
            queue.add(key);
            notifyAll();
        }
    }

    /** Returns once nothing is left to do. */
    public synchronized void awaitIdle() throws InterruptedException {
        while (!queue.isEmpty() || busy) {
            wait();
        }
    }

    private void run() {
        for (Optional<ChunkKey> next = take(); next.isPresent(); next = take()) {
            ChunkKey key = next.get();
            try {
                merge(key);
            } catch (FsException gone) {
                LOG.debug("chunk {} is not merged: {}", key, gone.getMessage());
            } catch (IOException error) {
                LOG.warn("chunk {} is not merged: {}", key, error.toString());
            } catch (RuntimeException | Error bug) { // The end of a thread of ours: nobody else would hear of it.
                LOG.error("merging chunk {} met a bug", key, bug);
            }
        }
    }

    private synchronized Optional<ChunkKey> take() {
        busy = false;
        notifyAll();
        while (queue.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                closed = true;
            }
        }
        if (closed) {
            return Optional.empty();
        }
        busy = true;
        ChunkKey key = queue.remove();
        queued.remove(key);
        return Optional.of(key);
    }

    private void merge(ChunkKey key) throws IOException {
        List<Extent> extents = extents(key);
        Optional<MergePlan> plan = plan(extents);
        while (plan.isPresent()
                && rewrite(key, extents.subList(plan.get().from(), plan.get().to()))) {
            merged.increment();
            forgetChunks.accept(key.inode());
            extents = extents(key);
            plan = plan(extents);
        }
    }

    private Optional<MergePlan> plan(List<Extent> extents) {
        return MergePlan.of(extents, extentCountMax, fileSystem.geometry().chunkSizeBytes() / 4);
    }

    private List<Extent> extents(ChunkKey key) throws IOException {
        return switch (fileSystem.content(key.inode(), key.chunkIndex(), 1)) {
            case Content.Inline inline -> List.of();
            case Content.Chunks some ->
                some.chunks().isEmpty() ? List.of() : some.chunks().getFirst().extents();
        };
    }

    /** Stores the bytes of neighbouring extents as one object and swaps it in; false if they have changed meanwhile. */
    private boolean rewrite(ChunkKey key, List<Extent> run) throws IOException {
        List<Extent> merged = copy(run, objects.nextId());
        for (int tryCount = 0; tryCount < SWAP_TRY_COUNT_MAX; tryCount++) {
            List<Extent> now = extents(key);
            int at = Collections.indexOfSubList(now, run);
            if (at < 0) {
                return false;
            }
            List<Extent> replacement = new ArrayList<>(now.subList(0, at));
            replacement.addAll(merged);
            replacement.addAll(now.subList(at + run.size(), now.size()));
            if (fileSystem.replaceExtents(key.inode(), key.chunkIndex(), now, List.copyOf(replacement))) {
                return true;
            }
        }
        return false;
    }

    private List<Extent> copy(List<Extent> run, ObjectId id) throws IOException {
        int sizeBytes = run.stream().mapToInt(Extent::sizeBytes).sum();
        if (buffer.capacity() < sizeBytes) {
            buffer = ByteBuffer.allocateDirect(fileSystem.geometry().chunkSizeBytes());
        }
        buffer.clear().limit(sizeBytes);
        List<Extent> merged = new ArrayList<>();
        for (Extent extent : run) {
            int objectOffset = buffer.position();
            ByteBuffer part = buffer.slice(objectOffset, extent.sizeBytes());
            reader.read(List.of(extent), extent.chunkOffsetBytes(), extent.chunkEndBytes(), part);
            buffer.position(objectOffset + extent.sizeBytes());
            if (!merged.isEmpty() && merged.getLast().chunkEndBytes() == extent.chunkOffsetBytes()) {
                Extent before = merged.removeLast();
                merged.add(new Extent(
                        before.chunkOffsetBytes(),
                        before.sizeBytes() + extent.sizeBytes(),
                        id,
                        before.objectOffsetBytes()));
            } else {
                merged.add(new Extent(extent.chunkOffsetBytes(), extent.sizeBytes(), id, objectOffset));
            }
        }
        objects.put(id, buffer.flip());
        return List.copyOf(merged);
    }

    /** Stops after the chunk at hand; what waits is forgotten. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
