package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.disk.LocalDisk;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.segment.LogFixture.Collected;
import org.needlefs.storage.segment.SegmentLog.Appended;

/** The log on a real directory. */
final class SegmentLogTest {
    private static final int[] SIZES = {
        0, 1, 7, 100, 4096, 32_760, 65_535, 65_536, 65_537, 200_000, 262_144, 300_001, 1_000_000
    };

    @TempDir
    private Path directory;

    private SegmentLog open(long segmentSizeBytes) throws IOException {
        return SegmentLog.open(LocalDisk.open(directory), LogFixture.config(segmentSizeBytes));
    }

    @Test
    void recordsOfAllSizesReadBackAtOnceAndAfterReopening() throws IOException {
        List<Appended> appended = new ArrayList<>();
        try (SegmentLog log = open(4 << 20)) {
            for (int size : SIZES) {
                appended.add(log.append((byte) 7, LogFixture.body(size, size)));
                assertThat(LogFixture.read(log, appended.getLast().position())).isEqualTo(LogFixture.body(size, size));
            }
        }
        try (SegmentLog log = open(4 << 20)) {
            assertThat(log.lastSequence()).isEqualTo(SIZES.length);
            assertThat(log.durableSequence()).isEqualTo(SIZES.length);
            Collected collected = Collected.of(log);
            assertThat(collected.damages).isEmpty();
            for (int index = 0; index < SIZES.length; index++) {
                ByteBuffer body = LogFixture.body(SIZES[index], SIZES[index]);
                assertThat(LogFixture.read(log, appended.get(index).position())).isEqualTo(body);
                assertThat(collected.bodies.get(index + 1L)).isEqualTo(body);
                assertThat(collected.positions.get(index + 1L))
                        .isEqualTo(appended.get(index).position());
            }
        }
    }

    @Test
    void everyRangeOfALargeBodyReadsBack() throws IOException {
        ByteBuffer body = LogFixture.body(1, 700_000);
        try (SegmentLog log = open(4 << 20)) {
            RecordPosition position = log.append((byte) 1, body.duplicate()).position();
            int[] edges = {0, 1, 65_535, 65_536, 65_537, 131_072, 300_000, 655_359, 655_360, 655_361, 699_999, 700_000};
            for (int from : edges) {
                for (int to : edges) {
                    if (from <= to) {
                        ByteBuffer into = ByteBuffer.allocateDirect(to - from);
                        log.read(position, from, into);
                        assertThat(into.flip()).isEqualTo(body.slice(from, to - from));
                    }
                }
            }
        }
    }

    @Test
    void aBodyInPiecesIsOneRecord() throws IOException {
        ByteBuffer body = LogFixture.body(3, 300_000);
        try (SegmentLog log = open(4 << 20)) {
            ByteBuffer[] pieces = {body.slice(0, 10), body.slice(10, 70_000), body.slice(70_010, 229_990)};
            assertThat(LogFixture.read(log, log.append((byte) 1, pieces).position()))
                    .isEqualTo(body);
        }
    }

    @Test
    void appendsRollToNewSegmentsAndSealedOnesCanBeRemoved() throws IOException {
        try (SegmentLog log = open(64 << 10)) {
            List<Appended> appended = new ArrayList<>();
            for (int index = 0; index < 40; index++) {
                appended.add(log.append((byte) 1, LogFixture.body(index, 5000)));
            }
            assertThat(log.segments()).hasSizeGreaterThan(3);
            SegmentInfo first = log.segments().getFirst();
            assertThat(first.sealed()).isTrue();
            log.remove(first.segment());
            assertThatThrownBy(() -> LogFixture.read(log, appended.getFirst().position()))
                    .isInstanceOf(NoSuchFileException.class);
            assertThat(Collected.of(log).bodies.firstKey()).isEqualTo(first.lastSequence() + 1);
            long newest = log.segments().getLast().segment();
            assertThatThrownBy(() -> log.remove(newest)).hasMessageContaining("newest");
            log.roll();
            log.remove(newest);
            assertThat(log.append((byte) 1, LogFixture.body(0, 10)).sequence()).isEqualTo(41);
        }
        try (SegmentLog log = open(64 << 10)) {
            assertThat(log.lastSequence()).isEqualTo(41);
            assertThat(Collected.of(log).damages).isEmpty();
        }
    }

    @Test
    void zerosAreWrittenAheadInStepsAndNotForEachRecord() throws IOException {
        SegmentLogConfig config = LogFixture.config(64 << 10).withZeroAheadBytes(4096);
        SimulatedDisk disk = new SimulatedDisk(1);
        try (SegmentLog log = SegmentLog.open(disk, config)) {
            long before = disk.operationCount();
            for (int index = 0; index < 20; index++) {
                log.append((byte) 1, LogFixture.body(index, 100));
            }
            assertThat(disk.operationCount() - before).isEqualTo(20 + 1);
            assertThat(Collected.of(log).bodies).hasSize(20);
        }
    }

    @Test
    void aRecordLargerThanASegmentIsRefusedUnlessAllowed() throws IOException {
        try (SegmentLog log = open(64 << 10)) {
            assertThatThrownBy(() -> log.append((byte) 1, LogFixture.body(1, 70_000)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("larger");
        }
        SegmentLogConfig config = LogFixture.config(64 << 10).withBodySizeMaxBytes(1 << 20);
        try (SegmentLog log = SegmentLog.open(LocalDisk.open(directory), config)) {
            Appended large = log.append((byte) 1, LogFixture.body(1, 700_000));
            Appended small = log.append((byte) 1, LogFixture.body(2, 70));
            assertThat(LogFixture.read(log, large.position())).isEqualTo(LogFixture.body(1, 700_000));
            assertThat(LogFixture.read(log, small.position())).isEqualTo(LogFixture.body(2, 70));
        }
    }
}
