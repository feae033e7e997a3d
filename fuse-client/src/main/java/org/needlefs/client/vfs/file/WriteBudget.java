package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.needlefs.client.vfs.buffer.PagePool;
import org.needlefs.cluster.model.Errno;

/**
 * Makes room in the write buffers. A writer who finds them full works for his memory: he uploads what waits to be uploaded,
 * then flushes the file that has been dirty longest. Bound: waits at most {@code waitMillisMax}, then EIO. Threading: any;
 * the caller holds no commit or memory lock.
 */
final class WriteBudget {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final PagePool pool;
    private final DirtyInodes dirtyInodes;
    private final Flusher flusher;
    private final long waitMillisMax;

    WriteBudget(PagePool pool, DirtyInodes dirtyInodes, Flusher flusher, long waitMillisMax) {
        this.pool = pool;
        this.dirtyInodes = dirtyInodes;
        this.flusher = flusher;
        this.waitMillisMax = waitMillisMax;
    }

    PagePool pool() {
        return pool;
    }

    void reserve(int pageCount) throws IOException {
        if (!pool.tryReserve(pageCount)) {
            makeRoom(pageCount);
        }
    }

    private void makeRoom(int pageCount) throws IOException {
        long begunNanos = System.nanoTime();
        Set<OpenInode> tried = new HashSet<>();
        boolean failed = false;
        do {
            if (flusher.helpOne()) {
                continue;
            }
            if (flusher.inFlightCount() > 0) {
                if (pool.reserve(pageCount, PAUSE_NANOS)) {
                    return;
                }
                continue;
            }
            Optional<OpenInode> victim = dirtyInodes.oldest(tried);
            if (victim.isPresent()) {
                tried.add(victim.get());
                failed |= !flusher.flush(victim.get());
                continue;
            }
            if (failed) {
                throw Errno.EIO.because("the write buffers are full of data that can't be stored");
            }
            tried.clear();
            if (pool.reserve(pageCount, PAUSE_NANOS)) {
                return;
            }
        } while (!pool.tryReserve(pageCount) && waitsOn(begunNanos));
    }

    private boolean waitsOn(long begunNanos) throws IOException {
        if (System.nanoTime() - begunNanos > TimeUnit.MILLISECONDS.toNanos(waitMillisMax)) {
            throw Errno.EIO.because("the write buffers have been full for %d ms", waitMillisMax);
        }
        return true;
    }
}
