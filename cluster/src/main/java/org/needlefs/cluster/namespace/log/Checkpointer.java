package org.needlefs.cluster.namespace.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.cluster.namespace.StoredObjects;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.cluster.namespace.store.StateStore;
import org.needlefs.storage.segment.SegmentInfo;
import org.needlefs.storage.segment.SegmentLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a checkpoint whenever the log has grown enough, and removes what the last two make superfluous. A failure is
 * logged and tried again later: nothing is lost but space. Threading: a thread of its own.
 */
public final class Checkpointer implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final StateStore store;
    private final SegmentLog segments;
    private final Checkpoints checkpoints;
    private final StoredObjects objects;
    private final long afterBytes;
    private final ReentrantLock checkpointLock = new ReentrantLock();
    private final Thread thread;
    private volatile boolean stopping;

    /** What the log had when the newest checkpoint was taken. Under the checkpoint lock. */
    private long usedBytesThen;

    public Checkpointer(
            StateStore store, SegmentLog segments, Checkpoints checkpoints, StoredObjects objects, long afterBytes) {
        this.store = store;
        this.segments = segments;
        this.checkpoints = checkpoints;
        this.objects = objects;
        this.afterBytes = afterBytes;
        this.thread = Thread.ofPlatform().daemon().name("namespace-checkpoint").unstarted(this::run);
    }

    public void start() throws IOException {
        List<Long> indexes = checkpoints.indexes();
        usedBytesThen = indexes.isEmpty() ? 0 : usedBytesUpTo(indexes.getFirst());
        thread.start();
    }

    private long usedBytesUpTo(long index) {
        return segments.segments().stream()
                .filter(segment -> segment.lastSequence() <= index)
                .mapToLong(SegmentInfo::usedBytes)
                .sum();
    }

    private void run() {
        while (!stopping) {
            try {
                if (due()) {
                    checkpoint();
                }
            } catch (IOException e) {
                if (!stopping) {
                    log.warn("a checkpoint of the namespace failed", e);
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean due() throws IOException {
        List<Long> indexes = checkpoints.indexes();
        long lastBytes = indexes.isEmpty() ? 0 : checkpoints.sizeBytes(indexes.getFirst());
        checkpointLock.lock();
        try {
            return segments.usedBytes() - usedBytesThen > Math.max(afterBytes, lastBytes);
        } finally {
            checkpointLock.unlock();
        }
    }

    /** Takes a checkpoint now and frees the log behind the one before. */
    public void checkpoint() throws IOException {
        checkpointLock.lock();
        try (StateSnapshot snapshot = store.snapshot()) {
            // Invariant: a checkpoint contains nothing that the log could lose, and names no object that the disk
            // could.
            objects.sync();
            segments.sync(snapshot.index());
            if (!checkpoints.indexes().contains(snapshot.index())) {
                checkpoints.write(snapshot);
            }
            checkpoints.trim();
            removeSegments();
            usedBytesThen = segments.usedBytes();
        } finally {
            checkpointLock.unlock();
        }
    }

    private void removeSegments() throws IOException {
        List<Long> indexes = checkpoints.indexes();
        if (indexes.size() < 2) {
            return;
        }
        long needless = indexes.getLast();
        for (SegmentInfo segment : segments.segments()) {
            if (segment.sealed() && segment.lastSequence() <= needless) {
                segments.remove(segment.segment());
            }
        }
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
