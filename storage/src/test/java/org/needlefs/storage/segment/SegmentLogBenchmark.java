package org.needlefs.storage.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.needlefs.storage.disk.LocalDisk;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a record. The files are made below {@code -Dneedlefs.benchmark.directory}, by default the temporary
 * directory; old segments are removed on the way, so that it takes half a gigabyte at most.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SegmentLogBenchmark {
    private static final long SEGMENT_SIZE_BYTES = 128L << 20;
    private static final int RECORDS = 64;

    /** An open log in a directory of its own. */
    @State(Scope.Benchmark)
    public static class Log {
        private final Path directory;
        final SegmentLog log;

        public Log() {
            try {
                directory = Files.createTempDirectory(
                        Path.of(System.getProperty("needlefs.benchmark.directory", "/tmp")), "segment-log-benchmark");
                log = SegmentLog.open(LocalDisk.open(directory), LogFixture.config(SEGMENT_SIZE_BYTES));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @TearDown(Level.Iteration)
        public void removeOld() throws IOException {
            for (SegmentInfo segment : log.segments()) {
                if (segment.sealed()) {
                    log.remove(segment.segment());
                }
            }
        }

        @TearDown(Level.Trial)
        public void delete() throws IOException {
            log.close();
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** A body that a thread appends again and again. */
    @State(Scope.Thread)
    public static class Body {
        @Param({"100", "4096", "1048576"})
        int sizeBytes;

        ByteBuffer bytes = ByteBuffer.allocate(0);

        @Setup
        public void fill() {
            bytes = ByteBuffer.allocateDirect(sizeBytes)
                    .put(LogFixture.body(1, sizeBytes))
                    .flip();
        }
    }

    /** Records to read. */
    @State(Scope.Benchmark)
    public static class Written {
        @Param({"4096", "1048576"})
        int sizeBytes;

        List<RecordPosition> positions = List.of();

        @Setup
        public void append(Log log) throws IOException {
            RecordPosition[] written = new RecordPosition[RECORDS];
            for (int index = 0; index < RECORDS; index++) {
                written[index] = log.log
                        .append((byte) 1, LogFixture.body(index, sizeBytes))
                        .position();
            }
            positions = List.of(written);
        }
    }

    /** Where a thread reads to. */
    @State(Scope.Thread)
    public static class Into {
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);

        ByteBuffer cleared(int sizeBytes) {
            return bytes.clear().limit(sizeBytes);
        }
    }

    @Benchmark
    public SegmentLog.Appended append(Log log, Body body) throws IOException {
        return log.log.append((byte) 1, body.bytes.duplicate());
    }

    @Benchmark
    public long appendAndSync1(Log log, SmallBody body) throws IOException {
        return appendAndSync(log, body);
    }

    @Benchmark
    @Threads(8)
    public long appendAndSync8(Log log, SmallBody body) throws IOException {
        return appendAndSync(log, body);
    }

    @Benchmark
    @Threads(64)
    public long appendAndSync64(Log log, SmallBody body) throws IOException {
        return appendAndSync(log, body);
    }

    private static long appendAndSync(Log log, SmallBody body) throws IOException {
        long sequence = log.log.append((byte) 1, body.bytes.duplicate()).sequence();
        log.log.sync(sequence);
        return sequence;
    }

    /** As large as a command of the namespace. */
    @State(Scope.Thread)
    public static class SmallBody {
        private final ByteBuffer bytes =
                ByteBuffer.allocateDirect(200).put(LogFixture.body(1, 200)).flip();
    }

    @Benchmark
    public ByteBuffer read(Log log, Written written, Into into) throws IOException {
        RecordPosition position =
                written.positions.get(ThreadLocalRandom.current().nextInt(RECORDS));
        ByteBuffer bytes = into.cleared(written.sizeBytes);
        log.log.read(position, 0, bytes);
        return bytes;
    }
}
