package org.needlefs.client.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RequestStatisticsTest {
    private final RequestStatistics statistics = new RequestStatistics();

    @Test
    void addsUpWhatAllThreadsCountedAlsoThoseThatEnded() throws InterruptedException {
        try (RequestStatistics.Recorder ended = statistics.recorder()) {
            ended.record(Operation.READ, 1_000, false);
        }
        Thread other = Thread.ofPlatform().start(() -> statistics.recorder().record(Operation.READ, 3_000, true));
        other.join();
        statistics.recorder().record(Operation.WRITE, 5_000, false);

        List<RequestStatistics.Line> lines = statistics.lines();
        assertThat(lines)
                .extracting(RequestStatistics.Line::operation)
                .containsExactly(Operation.READ, Operation.WRITE);
        assertThat(lines.getFirst().count()).isEqualTo(2);
        assertThat(lines.getFirst().errorCount()).isEqualTo(1);
        assertThat(lines.getFirst().meanNanos()).isEqualTo(2_000);
        assertThat(lines.getFirst().maxNanos()).isEqualTo(3_000);
        assertThat(statistics.totalCount()).isEqualTo(3);
    }

    @Test
    void percentilesAreAtMostAQuarterTooHighAndNeverTooLow() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            RequestStatistics one = new RequestStatistics();
            long nanos = random.nextLong(1L << random.nextInt(1, 40));
            RequestStatistics.Recorder recorder = one.recorder();
            for (int i = 0; i < 99; i++) {
                recorder.record(Operation.LOOKUP, nanos, false);
            }
            recorder.record(Operation.LOOKUP, nanos * 4, false);
            RequestStatistics.Line line = one.lines().getFirst();
            assertThat(line.medianNanos())
                    .as("seed %d, %d ns", seed, nanos)
                    .isBetween(nanos, nanos + nanos / 4 + 1)
                    .isEqualTo(line.percentile99Nanos());
            assertThat(line.maxNanos()).isEqualTo(nanos * 4);
        }
    }

    @Test
    void countsTimesBeyondTheLastBucketAndBelowZero() {
        RequestStatistics.Recorder recorder = statistics.recorder();
        recorder.record(Operation.FSYNC, Long.MAX_VALUE / 4, false);
        recorder.record(Operation.FLUSH, -5, false);
        assertThat(statistics.lines())
                .extracting(RequestStatistics.Line::maxNanos)
                .containsExactly(0L, Long.MAX_VALUE / 4);
    }
}
