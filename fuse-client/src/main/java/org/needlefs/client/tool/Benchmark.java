package org.needlefs.client.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.needlefs.client.admin.AdminAnswer.Progress;
import org.needlefs.client.admin.ProgressListener;

/**
 * Measures a folder as one program would see it: one thread, a large file, then small ones. Works in a folder of its own,
 * which it removes. Reads may come from the kernel's cache, as they would in life.
 * Bound: one block of memory and {@code sizeBytes} + {@code fileCount} × 4 KiB of disk.
 */
public final class Benchmark {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 4 << 10;
    private static final int SYNC_COUNT = 100;

    /**
     * One thing measured.
     *
     * @param operationCount how often it was done
     * @param totalBytes moved by all of them; 0 where bytes are not the point
     */
    public record Row(
            String what,
            long operationCount,
            long totalBytes,
            double seconds,
            long medianNanos,
            long percentile99Nanos) {}

    private interface Step {
        void run(int index) throws IOException;
    }

    private final Path folder;
    private final int blockCount;
    private final int fileCount;
    private final ProgressListener listener;
    private final List<Row> rows = new ArrayList<>();
    private final ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK_BYTES).alignedSlice(4096);
    private final ByteBuffer small = ByteBuffer.allocateDirect(SMALL_BYTES);

    private Benchmark(Path folder, long sizeBytes, int fileCount, ProgressListener listener) {
        this.folder = folder;
        this.blockCount = (int) Math.max(1, sizeBytes / BLOCK_BYTES);
        this.fileCount = fileCount;
        this.listener = listener;
        block.limit(BLOCK_BYTES);
        byte[] random = new byte[BLOCK_BYTES]; // a filesystem that compresses must not look fast
        new Random(1).nextBytes(random);
        block.put(0, random);
        small.put(0, random, 0, SMALL_BYTES);
    }

    /** @param where an existing folder */
    public static List<Row> run(Path where, long sizeBytes, int fileCount, ProgressListener listener)
            throws IOException {
        if (!Files.isDirectory(where)) {
            throw new NoSuchFileException(where.toString(), null, "the folder to measure");
        }
        Path folder = Files.createTempDirectory(where, ".needlefs-bench-");
        Benchmark benchmark = new Benchmark(folder, sizeBytes, fileCount, listener);
        try {
            benchmark.large();
            benchmark.small();
            benchmark.sync();
            return List.copyOf(benchmark.rows);
        } finally {
            benchmark.clean();
        }
    }

    private void large() throws IOException {
        Path file = folder.resolve("large");
        try (FileChannel channel = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            // The last write also waits until all of it is on the disk.
            measure("write, 1 MiB blocks", blockCount, BLOCK_BYTES, index -> {
                writeFully(channel, block);
                if (index == blockCount - 1) {
                    channel.force(true);
                }
            });
        }
        try (FileChannel channel = open(file, StandardOpenOption.READ)) {
            measure("read, 1 MiB blocks", blockCount, BLOCK_BYTES, _ -> readFully(channel));
        }
        Files.delete(file);
    }

    private void small() throws IOException {
        measure("create, write 4 KiB, close", fileCount, SMALL_BYTES, index -> {
            try (FileChannel channel = open(file(index), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(channel, small);
            }
        });
        measure("stat", fileCount, 0, index -> {
            if (Files.size(file(index)) != SMALL_BYTES) {
                throw new IOException(file(index) + " does not have the size that was written");
            }
        });
        measure("open, read 4 KiB, close", fileCount, SMALL_BYTES, index -> {
            if (Files.readAllBytes(file(index)).length != SMALL_BYTES) {
                throw new IOException(file(index) + " does not have the bytes that were written");
            }
        });
        measure("unlink", fileCount, 0, index -> Files.delete(file(index)));
    }

    private void sync() throws IOException {
        try (FileChannel channel =
                open(folder.resolve("synced"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            measure("write 4 KiB, fsync", SYNC_COUNT, SMALL_BYTES, _ -> {
                writeFully(channel, small);
                channel.force(true);
            });
        }
    }

    private void measure(String what, int count, long bytesEach, Step step) throws IOException {
        Histogram latencies = new Histogram(3);
        long started = System.nanoTime();
        for (int index = 0; index < count; index++) {
            long stepStarted = System.nanoTime();
            step.run(index);
            latencies.recordValue(System.nanoTime() - stepStarted);
            listener.progress(new Progress(what, index, count));
        }
        rows.add(new Row(
                what,
                count,
                count * bytesEach,
                (System.nanoTime() - started) / 1e9,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99)));
    }

    private void readFully(FileChannel channel) throws IOException {
        block.clear().limit(BLOCK_BYTES);
        while (block.hasRemaining()) {
            if (channel.read(block) < 0) {
                throw new IOException("the file is shorter than what was written");
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer from) throws IOException {
        ByteBuffer bytes = from.duplicate().position(0);
        while (bytes.hasRemaining()) {
            int written = channel.write(bytes);
            if (written < 0) {
                throw new IOException("nothing could be written");
            }
        }
    }

    private Path file(int index) {
        return folder.resolve("small-" + index);
    }

    private static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, options);
    }

    private void clean() throws IOException {
        for (int index = 0; index < fileCount; index++) {
            Files.deleteIfExists(file(index));
        }
        Files.deleteIfExists(folder.resolve("large"));
        Files.deleteIfExists(folder.resolve("synced"));
        Files.delete(folder);
    }
}
