package org.needlefs.client.binding.jnr;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.RequestStatistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libfuse's end of one mount, served by threads of Java until the kernel says that the mount is gone.
 *
 * <p>It starts with one thread and adds one whenever all are busy, up to a limit, so that a light load stays on few
 * threads with warm caches. The last thread that ends frees what belongs to libfuse. Threading: any.
 */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    // asm-generic/errno-base.h
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    /** So many failures to receive in a row, and a thread gives up. */
    private static final int RECEIVE_FAILURES_MAX = 100;

    private final LibFuse libFuse;
    private final Resources resources;
    private final int threadCountMax;
    private final double cacheSeconds;
    private final RequestStatistics statistics = new RequestStatistics();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Threads that wait for a request. */
    private final AtomicInteger idleCount = new AtomicInteger();

    private final Object lock = new Object();

    @GuardedBy("lock")
    private int aliveCount;

    @GuardedBy("lock")
    private int startedCount;

    /**
     * What a session owns and frees when its last thread ends.
     *
     * @param session libfuse's {@code struct fuse_session}, which frees its channel
     * @param channel libfuse's {@code struct fuse_chan}
     * @param waits requests that wait for locks
     * @param table the functions that libfuse calls
     * @param memory every buffer of the session and its threads
     */
    record Resources(long session, long channel, LockWaits waits, OperationTable table, Arena memory) {}

    Session(LibFuse libFuse, Resources resources, MountOptions options) {
        this.libFuse = libFuse;
        this.resources = resources;
        this.threadCountMax = options.threadCountMax();
        this.cacheSeconds = options.cacheMillis() / (double) TimeUnit.SECONDS.toMillis(1);
    }

    void start() {
        addThread();
    }

    boolean isAlive() {
        return ended.getCount() > 0;
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    RequestStatistics statistics() {
        return statistics;
    }

    /** Takes requests and lets libfuse answer them on the calling thread, until the mount is gone. */
    void serve(MemorySegment received, MemorySegment channelCell) {
        int failureCount = 0;
        while (libFuse.fuse_session_exited(resources.session) == 0) {
            // libfuse may choose another channel of the session and says so in the cell; there is only this one.
            Memory.writeLong(channelCell.address(), resources.channel);
            idleCount.incrementAndGet();
            int sizeBytes = libFuse.fuse_chan_recv(channelCell.address(), received.address(), received.byteSize());
            boolean allBusy = idleCount.decrementAndGet() == 0;
            if (sizeBytes > 0) {
                failureCount = 0;
                if (allBusy) {
                    addThread();
                }
                libFuse.fuse_session_process(resources.session, received.address(), sizeBytes, resources.channel);
            } else if (sizeBytes != 0 && sizeBytes != -EINTR && sizeBytes != -EAGAIN) {
                failureCount++;
                LOG.error("a request could not be received: errno {}", -sizeBytes);
                if (failureCount >= RECEIVE_FAILURES_MAX) {
                    return;
                }
            }
        }
    }

    private void addThread() {
        synchronized (lock) {
            if (aliveCount == threadCountMax) {
                return;
            }
            aliveCount++;
            startedCount++;
            new SessionThread(this, startedCount, libFuse, cacheSeconds, resources).start();
        }
    }

    /** A thread serves no more. */
    void threadEnded() {
        synchronized (lock) {
            aliveCount--;
            if (aliveCount > 0) {
                return;
            }
        }
        resources.waits.close();
        libFuse.fuse_session_destroy(resources.session);
        resources.table.close();
        resources.memory.close();
        ended.countDown();
    }
}
