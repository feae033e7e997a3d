package org.needlefs.storage.needle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import org.needlefs.storage.ThreadEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to bring new objects to stable media before anybody asks, so that disk and processor work at the same time and a
 * later sync, or the end of a container, finds little left to do. Promises nothing: a failure isolates its disk and is told
 * by the next sync. Threading: one thread of its own; {@link #wrote} by any.
 */
final class WriteBack {
    private static final Logger log = LoggerFactory.getLogger(WriteBack.class);

    /** So much is written before a sync is worth its cost; a disk of 1 GB/s is busy with it for a thirtieth of a second. */
    static final long PENDING_BYTES_MAX = 32L << 20;

    private final Sync sync;
    private final Thread thread;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private long pendingBytes;

    @GuardedBy("lock")
    private boolean closed;

    /** Makes everything durable that was written before. */
    @FunctionalInterface
    interface Sync {
        void run() throws IOException;
    }

    WriteBack(Sync sync) {
        this.sync = sync;
        this.thread = Thread.ofPlatform().name("write-back").daemon().unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    void wrote(long sizeBytes) {
        synchronized (lock) {
            pendingBytes += sizeBytes;
            if (pendingBytes >= PENDING_BYTES_MAX) {
                lock.notifyAll();
            }
        }
    }

    private void run() {
        while (awaitWork()) {
            try {
                sync.run();
            } catch (IOException failed) {
                log.debug("writing back failed; whoever syncs next is told: {}", failed.getMessage());
            } catch (RuntimeException | AssertionError bug) {
                log.error("objects are not written back by themselves any more", bug);
                return;
            }
        }
    }

    /** False once it is closed. */
    private boolean awaitWork() {
        synchronized (lock) {
            while (!closed && pendingBytes < PENDING_BYTES_MAX) {
                try {
                    lock.wait();
                } catch (InterruptedException ended) {
                    closed = true;
                }
            }
            pendingBytes = 0;
            return !closed;
        }
    }

    /** Returns once the thread has ended; a sync under way is finished. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        ThreadEnd.await(thread);
    }
}
