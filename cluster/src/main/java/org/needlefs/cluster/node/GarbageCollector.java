package org.needlefs.cluster.node;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.needlefs.cluster.namespace.Garbage;
import org.needlefs.cluster.namespace.Namespace;
import org.needlefs.storage.ThreadEnd;
import org.needlefs.storage.needle.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the objects that the namespace has let go, in the background.
 *
 * <p>Guarantee: an object is deleted only once the command that freed it survives a power cut, and a little later, so
 * that whoever looked it up just before can still read it. What a crash interrupts is done again. Bound: a batch is
 * {@value #BATCH_COUNT_MAX} objects. Threading: one thread of its own.
 */
final class GarbageCollector implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);

    private static final int BATCH_COUNT_MAX = 4_096;
    private static final long LOOK_INTERVAL_MILLIS = 1_000;
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Namespace namespace;
    private final ObjectStore store;
    private final LongSupplier clockNanos;
    private final AtomicLong deletedCount = new AtomicLong();
    private final Thread thread;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean closed;

    /** @param clockNanos the clock that the namespace stamps its commands with */
    GarbageCollector(Namespace namespace, ObjectStore store, LongSupplier clockNanos) {
        this.namespace = namespace;
        this.store = store;
        this.clockNanos = clockNanos;
        this.thread = Thread.ofPlatform().name("garbage-collector").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Objects deleted since the start. */
    long deletedCount() {
        return deletedCount.get();
    }

    private void run() {
        while (awaitNextLook()) {
            try {
                boolean more = true;
                while (more && !isClosed()) {
                    more = collect();
                }
            } catch (IOException failed) {
                log.warn("garbage could not be deleted, trying again later: {}", failed.getMessage());
            } catch (RuntimeException | AssertionError bug) {
                log.error("the garbage collector stops: space is not given back until the next start", bug);
                return;
            }
        }
    }

    /** One batch; true if there may be more. */
    private boolean collect() throws IOException {
        if (namespace.garbageCount() == 0) {
            return false; // Asking for the garbage itself syncs the log.
        }
        List<Garbage> batch = namespace.garbage(BATCH_COUNT_MAX);
        long youngestNanos = clockNanos.getAsLong() - GRACE_NANOS;
        int count = 0;
        while (count < batch.size() && batch.get(count).freedNanos() <= youngestNanos) {
            boolean _ = store.delete(batch.get(count).object());
            count++;
        }
        if (count == 0) {
            return false;
        }
        // The deletes first: a power cut between the two costs a second, harmless delete, the other order an object for
        // ever.
        store.sync();
        namespace.garbageDone(batch.get(count - 1));
        deletedCount.addAndGet(count);
        return count == BATCH_COUNT_MAX;
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** False once it is closed. */
    private boolean awaitNextLook() {
        long lookAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_INTERVAL_MILLIS);
        synchronized (lock) {
            while (!closed) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(lookAtNanos - System.nanoTime());
                if (leftMillis <= 0) {
                    return true;
                }
                try {
                    lock.wait(leftMillis);
                } catch (InterruptedException ended) {
                    closed = true;
                }
            }
            return false;
        }
    }

    /** Returns once the thread has ended; a batch under way is finished. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        ThreadEnd.await(thread);
    }
}
