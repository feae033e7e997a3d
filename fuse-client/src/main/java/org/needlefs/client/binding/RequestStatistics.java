package org.needlefs.client.binding;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests of each kind a mount has answered and how long each took.
 *
 * <p>Each serving thread counts in a {@link Recorder} of its own, so that counting costs a few nanoseconds and no
 * contention; {@link #lines} adds them up. Latencies fall into buckets that are at most a quarter wide.
 * Bound: one recorder for each serving thread, about 60 kB. Threading: any; a recorder has one thread at a time.
 */
// The ordinal is an index into arrays that live as long as the process: nothing is stored by it.
@SuppressWarnings("EnumOrdinal")
public final class RequestStatistics {
    private static final int OPERATION_COUNT = Operation.values().length;
    private static final int BUCKETS_PER_OCTAVE_LOG2 = 2;
    /** The last bucket begins at 2^40 ns, about 18 minutes. */
    private static final int BUCKET_COUNT = (40 << BUCKETS_PER_OCTAVE_LOG2) + 1;

    private static final int COUNT = 0;
    private static final int ERROR_COUNT = 1;
    private static final int NANOS = 2;
    private static final int NANOS_MAX = 3;
    private static final int BUCKETS = 4;
    private static final int STRIDE = BUCKETS + BUCKET_COUNT;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /**
     * The answered requests of one kind.
     *
     * @param medianNanos the upper edge of the bucket that holds the median, so at most a quarter too high
     */
    public record Line(
            Operation operation,
            long count,
            long errorCount,
            long totalNanos,
            long medianNanos,
            long percentile99Nanos,
            long maxNanos) {
        public long meanNanos() {
            return count == 0 ? 0 : totalNanos / count;
        }
    }

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Recorder> recorders = new ArrayList<>();

    /** What recorders counted that are closed. */
    @GuardedBy("lock")
    private final long[] closedCells = new long[OPERATION_COUNT * STRIDE];

    /** Counts for one thread until it is closed. */
    public final class Recorder implements AutoCloseable {
        private final long[] cells = new long[OPERATION_COUNT * STRIDE];

        private Recorder() {}

        /** Counts one request that took {@code nanos}. */
        public void record(Operation operation, long nanos, boolean failed) {
            long known = Math.max(0, nanos);
            int base = operation.ordinal() * STRIDE;
            add(base + COUNT, 1);
            add(base + NANOS, known);
            if (failed) {
                add(base + ERROR_COUNT, 1);
            }
            if (known > cells[base + NANOS_MAX]) {
                CELL.setOpaque(cells, base + NANOS_MAX, known);
            }
            add(base + BUCKETS + bucket(known), 1);
        }

        // Only this recorder's thread writes, so a plain read and an opaque write lose nothing.
        private void add(int index, long amount) {
            CELL.setOpaque(cells, index, cells[index] + amount);
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (recorders.remove(this)) {
                    addInto(closedCells, this);
                }
            }
        }
    }

    /** A recorder for the calling thread, which closes it when it ends. */
    public Recorder recorder() {
        Recorder recorder = new Recorder();
        synchronized (lock) {
            recorders.add(recorder);
        }
        return recorder;
    }

    /** One line for each kind of request that was ever answered, in the order of {@link Operation}. */
    public List<Line> lines() {
        long[] sum;
        synchronized (lock) {
            sum = closedCells.clone();
            for (Recorder recorder : recorders) {
                addInto(sum, recorder);
            }
        }
        List<Line> lines = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            int base = operation.ordinal() * STRIDE;
            if (sum[base + COUNT] > 0) {
                lines.add(new Line(
                        operation,
                        sum[base + COUNT],
                        sum[base + ERROR_COUNT],
                        sum[base + NANOS],
                        percentileNanos(sum, base, 0.5),
                        percentileNanos(sum, base, 0.99),
                        sum[base + NANOS_MAX]));
            }
        }
        return List.copyOf(lines);
    }

    /** All requests that were answered. */
    public long totalCount() {
        long total = 0;
        for (Line line : lines()) {
            total += line.count();
        }
        return total;
    }

    private static void addInto(long[] sum, Recorder recorder) {
        for (int index = 0; index < sum.length; index++) {
            long cell = (long) CELL.getOpaque(recorder.cells, index);
            sum[index] = index % STRIDE == NANOS_MAX ? Math.max(sum[index], cell) : sum[index] + cell;
        }
    }

    private static long percentileNanos(long[] cells, int base, double share) {
        long rank = (long) Math.ceil(cells[base + COUNT] * share);
        long seen = 0;
        for (int bucket = 0; bucket < BUCKET_COUNT; bucket++) {
            seen += cells[base + BUCKETS + bucket];
            if (seen >= rank) {
                return Math.min(upperEdgeNanos(bucket), cells[base + NANOS_MAX]);
            }
        }
        return cells[base + NANOS_MAX];
    }

    /** The octave of {@code nanos} and its next two bits. */
    private static int bucket(long nanos) {
        if (nanos < 1 << BUCKETS_PER_OCTAVE_LOG2) {
            return (int) nanos;
        }
        int octave = 63 - Long.numberOfLeadingZeros(nanos);
        int within = (int) (nanos >>> (octave - BUCKETS_PER_OCTAVE_LOG2)) & ((1 << BUCKETS_PER_OCTAVE_LOG2) - 1);
        return Math.min(BUCKET_COUNT - 1, (octave << BUCKETS_PER_OCTAVE_LOG2) + within);
    }

    private static long upperEdgeNanos(int bucket) {
        int octave = bucket >>> BUCKETS_PER_OCTAVE_LOG2;
        if (octave < BUCKETS_PER_OCTAVE_LOG2) {
            return bucket;
        }
        long quarters = (1L << BUCKETS_PER_OCTAVE_LOG2) + (bucket & ((1 << BUCKETS_PER_OCTAVE_LOG2) - 1)) + 1;
        return (quarters << (octave - BUCKETS_PER_OCTAVE_LOG2)) - 1;
    }
}
