package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts frozen buffers into the store: complete chunks on its own threads while the writer goes on, the rest on the thread
 * that flushes. Bound: {@code threadCount} uploads beside those of flushing threads; {@value #QUEUE_MAX} requests wait, more are
 * dropped, because a flush or a writer short of memory finds the uploads anyway. Threading: any.
 */
final class Uploader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);
    private static final int QUEUE_MAX = 1024;
    private static final int CLOSE_SECONDS_MAX = 30;

    private final ObjectWriter objects;
    private final Committer committer;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger inFlight = new AtomicInteger();

    Uploader(ObjectWriter objects, Committer committer, int threadCount) {
        this.objects = objects;
        this.committer = committer;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_MAX),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("upload-" + number.incrementAndGet())
                        .unstarted(task),
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
    }

    int inFlightCount() {
        return inFlight.get();
    }

    int threadCount() {
        return threads.getMaximumPoolSize();
    }

    /** Asks a thread to upload and commit one frozen buffer of {@code file}. */
    void submit(OpenInode file) {
        threads.execute(() -> {
            try {
                if (uploadNext(file)) {
                    committer.commit(file);
                }
            } catch (RuntimeException | Error bug) { // The end of a thread of ours: nobody else would hear of it.
                LOG.error("uploading inode {} met a bug", file.inode(), bug);
                file.errors().record(new IOException("uploading failed: " + bug, bug));
            }
        });
    }

    /** Does on this thread what waits for another; false if nothing waits. */
    boolean helpOne() {
        Optional<Runnable> task = Optional.ofNullable(threads.getQueue().poll());
        task.ifPresent(Runnable::run);
        return task.isPresent();
    }

    /** Uploads the oldest frozen buffer of {@code file} that nobody has begun; false if there is none. */
    boolean uploadNext(OpenInode file) {
        Optional<ChunkUpload> claimed = file.claimUpload();
        claimed.ifPresent(upload -> upload(file, upload));
        return claimed.isPresent();
    }

    private void upload(OpenInode file, ChunkUpload upload) {
        boolean stored = false;
        boolean lost = false;
        inFlight.incrementAndGet();
        try {
            if (!upload.mayBeInline() && !upload.objectStored()) {
                objects.put(upload);
            }
            stored = true;
        } catch (IOException error) {
            lost = Failures.isFinal(error);
            file.errors().record(Failures.answer(error));
            LOG.debug(
                    "data of inode {} can't be stored{}: {}",
                    file.inode(),
                    lost ? " and is lost" : "",
                    error.toString());
        } finally {
            inFlight.decrementAndGet();
            file.uploadEnded(upload, stored, lost);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("uploads are still running after {} s", CLOSE_SECONDS_MAX);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
