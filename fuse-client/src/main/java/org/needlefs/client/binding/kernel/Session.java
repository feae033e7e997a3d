package org.needlefs.client.binding.kernel;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.client.binding.kernel.protocol.RequestHandler;
import org.needlefs.client.binding.kernel.system.FuseDevice;
import org.needlefs.client.binding.kernel.system.Mountpoint;
import org.needlefs.client.vfs.FileOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mount and the threads that serve it.
 *
 * <p>Each reader takes a request, answers it in place and takes the next. When the last idle reader takes one, another
 * is started, so that a request that blocks holds up no other; readers that find enough others idle end.
 * Bound: {@code threadCountMax} readers. Threading: any, except that readers never unmount.
 */
final class Session implements Mounted {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final long READY_TIMEOUT_SECONDS = 20;
    private static final int READER_COUNT_MIN = 2;
    /** More readers than this waiting for requests are surplus. The kernel wakes them in turn: many are many cold caches. */
    private static final int IDLE_COUNT_MAX = 4;

    private final Mountpoint mountpoint;
    private final FuseDevice device;
    private final MountOptions options;
    private final RequestHandler handler;
    private final RequestStatistics statistics = new RequestStatistics();
    private final AtomicInteger readerCount = new AtomicInteger();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final AtomicInteger readerNumber = new AtomicInteger();
    private final CountDownLatch handshake = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Set by the first reader that finds the connection gone; never cleared. */
    private volatile boolean disconnected;

    Session(Mountpoint mountpoint, FuseDevice device, MountOptions options, FileOperations operations) {
        this.mountpoint = mountpoint;
        this.device = device;
        this.options = options;
        this.handler = new RequestHandler(operations, new DeviceNotices(device), !options.has(MountFlag.NO_XATTRS));
    }

    void start() throws IOException {
        for (int count = 0; count < READER_COUNT_MIN; count++) {
            startReader();
        }
        if (readerCount.get() == 0) {
            mountpoint.unmount(true);
            device.close();
            throw new IOException("no memory for a thread to serve " + mountpoint.path());
        }
    }

    /** Returns once kernel and binding have agreed on the protocol. @throws IOException why they did not */
    void awaitReady() throws IOException {
        try {
            if (!handshake.await(READY_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the kernel did not answer on " + mountpoint.path());
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while mounting " + mountpoint.path(), interruption);
        }
        Optional<String> refusal = handler.handshakeRefusal();
        if (refusal.isPresent()) {
            throw new IOException(refusal.get());
        }
        if (disconnected) {
            throw new IOException(mountpoint.path() + " was unmounted at once");
        }
    }

    @Override
    public boolean isAlive() {
        return !disconnected;
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void unmount() throws IOException {
        if (!isAlive()) {
            awaitEndUninterrupted();
            return;
        }
        try {
            mountpoint.unmount(false);
        } catch (IOException failure) {
            // Somebody else may have been faster.
            if (isAlive()) {
                throw failure;
            }
        }
        awaitEndUninterrupted();
    }

    @Override
    public void detach() throws IOException {
        if (isAlive()) {
            mountpoint.unmount(true);
        }
    }

    @Override
    public RequestStatistics statistics() {
        return statistics;
    }

    RequestHandler handler() {
        return handler;
    }

    long cacheMillis() {
        return options.cacheMillis();
    }

    /** A reader is about to wait for a request. */
    void idle() {
        idleCount.incrementAndGet();
    }

    /** A reader has taken a request: there shall be another to take the next. */
    void taken() {
        if (idleCount.decrementAndGet() == 0) {
            startReader();
        }
    }

    /** A reader waits no more, and has nothing to do. */
    void awake() {
        idleCount.decrementAndGet();
    }

    /** Whether the calling reader may end because there are others; if so, it must. */
    boolean retireSurplus() {
        if (idleCount.get() <= IDLE_COUNT_MAX) {
            return false;
        }
        int count = readerCount.get();
        return count > READER_COUNT_MIN && readerCount.compareAndSet(count, count - 1);
    }

    void handshakeAnswered() {
        handshake.countDown();
    }

    /** A reader found the connection gone; the last one to do so closes the device. */
    void disconnected() {
        disconnected = true;
        handshake.countDown();
        if (readerCount.decrementAndGet() == 0) {
            device.close();
            ended.countDown();
        }
    }

    /** Starts another reader if the limit and the machine allow; if not, those that there are go on. */
    private void startReader() {
        int count = readerCount.get();
        while (count < options.threadCountMax() && !disconnected) {
            if (readerCount.compareAndSet(count, count + 1)) {
                startCountedReader();
                return;
            }
            count = readerCount.get();
        }
    }

    private void startCountedReader() {
        try {
            Thread unused = Thread.ofPlatform()
                    .name("fuse-" + readerNumber.incrementAndGet())
                    .daemon()
                    .start(new Reader(this, device.twin()));
        } catch (OutOfMemoryError full) {
            readerCount.decrementAndGet();
            LOG.warn("{} is served by {} threads: {}", mountpoint.path(), readerCount.get(), full.getMessage());
        }
    }

    private void awaitEndUninterrupted() throws IOException {
        try {
            awaitEnd();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + mountpoint.path(), interruption);
        }
    }
}
