package org.needlefs.client.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The program that a {@link BindingBenchmark} runs beside the mount: makes one kind of call as fast as it can, on one
 * or more threads. Says {@code begin} when it is warm and {@code end} when the time is over, and then ends.
 */
final class BindingLoad {
    /** So large that a random place in it is never in the kernel's cache. */
    private static final long FILE_SIZE = 1L << 40;

    private static final int SMALL = 4 << 10;
    private static final int LARGE = 1 << 20;

    /** What is called. */
    enum Kind {
        STAT,
        CREATE_WRITE_CLOSE,
        READ_4K,
        READ_1M,
        WRITE_4K,
        WRITE_1M
    }

    private final Path directory;
    private final Kind kind;
    private volatile boolean over;

    private BindingLoad(Path directory, Kind kind) {
        this.directory = directory;
        this.kind = kind;
    }

    /** Arguments: directory, kind, threads, milliseconds to warm up, milliseconds to go on. */
    public static void main(String[] arguments) throws Exception {
        BindingLoad load = new BindingLoad(Path.of(arguments[0]), Kind.valueOf(arguments[1]));
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < Integer.parseInt(arguments[2]); number++) {
            int own = number;
            threads.add(Thread.ofPlatform().start(() -> load.run(own)));
        }
        Thread.sleep(Long.parseLong(arguments[3]));
        System.out.println("begin");
        Thread.sleep(Long.parseLong(arguments[4]));
        System.out.println("end");
        load.over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void run(int number) {
        Path file = directory.resolve("load-" + number);
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * LARGE).alignedSlice(4096);
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            buffer.clear().limit(1);
            int unused = written.write(buffer, FILE_SIZE - 1);
            try (FileChannel read = FileChannel.open(file, StandardOpenOption.READ)) {
                for (long round = 0; !over; round++) {
                    step(round, file, read, written, buffer);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void step(long round, Path file, FileChannel read, FileChannel written, ByteBuffer buffer)
            throws IOException {
        buffer.clear().limit(kind == Kind.READ_1M || kind == Kind.WRITE_1M ? LARGE : SMALL);
        long slot = ThreadLocalRandom.current().nextLong(FILE_SIZE / LARGE) * LARGE;
        int unused = switch (kind) {
            case READ_4K, READ_1M -> read.read(buffer, slot);
            case WRITE_4K, WRITE_1M -> written.write(buffer, slot);
            case STAT -> {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                yield attributes.isRegularFile() ? 1 : 0;
            }
            case CREATE_WRITE_CLOSE -> {
                Path small = directory.resolve(file.getFileName() + "-" + round);
                try (FileChannel channel =
                        FileChannel.open(small, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    yield channel.write(buffer);
                }
            }
        };
    }
}
