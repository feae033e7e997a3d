package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import org.needlefs.storage.ThreadEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what has been waiting in buffers for some seconds, so that a program which writes and never closes (a log, a
 * download) loses little when the process dies, as the kernel does for local files. Errors stay with the file and are told
 * to its handles. Threading: one thread of its own, which flushes one file after the other.
 */
final class AgedFlush implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgedFlush.class);

    private final DirtyInodes dirtyInodes;
    private final Flusher flusher;
    private final long ageNanosMax;
    private final Thread thread;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean closed;

    AgedFlush(DirtyInodes dirtyInodes, Flusher flusher, long ageMillisMax) {
        this.dirtyInodes = dirtyInodes;
        this.flusher = flusher;
        this.ageNanosMax = TimeUnit.MILLISECONDS.toNanos(ageMillisMax);
        this.thread = Thread.ofPlatform().daemon().name("aged-flush").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (pause()) {
                for (OpenInode file : dirtyInodes.olderThan(ageNanosMax)) {
                    if (!file.isOrphan() && !flusher.flush(file)) {
                        LOG.debug("inode {} still has data that can't be stored", file.inode());
                    }
                }
            }
        } catch (RuntimeException | AssertionError bug) {
            LOG.error("old data is not flushed by itself any more", bug);
        }
    }

    /** False once it is closed. */
    private boolean pause() {
        long untilNanos = System.nanoTime() + ageNanosMax / 4;
        synchronized (lock) {
            while (!closed) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
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

    /** Returns once the thread has ended; a flush under way is finished. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        ThreadEnd.await(thread);
    }
}
