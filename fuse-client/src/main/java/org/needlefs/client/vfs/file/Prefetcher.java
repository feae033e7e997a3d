package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.needlefs.client.vfs.read.ReadAheadWindow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads blocks into the cache before they are asked for. Bound: {@code threadCount} threads, {@value #QUEUE_MAX} requests; more are
 * dropped, for the read itself loads what it needs. Errors are left to that read too. Threading: any.
 */
final class Prefetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prefetcher.class);
    private static final int QUEUE_MAX = 64;

    private final FileReader reader;
    private final ThreadPoolExecutor threads;

    Prefetcher(FileReader reader, int threadCount) {
        this.reader = reader;
        this.threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_MAX),
                task -> Thread.ofPlatform().daemon().name("read-ahead").unstarted(task),
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
    }

    void submit(OpenInode file, ReadAheadWindow.Stretch stretch) {
        if (stretch.isEmpty()) {
            return;
        }
        threads.execute(() -> {
            try {
                reader.prefetch(file, stretch.from(), stretch.to());
            } catch (IOException error) {
                LOG.debug("reading ahead in inode {} failed: {}", file.inode(), error.toString());
            }
        });
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                LOG.warn("read-ahead is still running after 30 s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
