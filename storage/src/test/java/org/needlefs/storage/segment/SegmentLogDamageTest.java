package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.disk.DiskFile;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.segment.LogFixture.Collected;
import org.needlefs.storage.segment.SegmentLog.Appended;

/** Bad bits, failing syncs, a full disk, foreign files: said, never hidden, and never more lost than was hit. */
final class SegmentLogDamageTest {
    private static final SegmentLogConfig CONFIG = LogFixture.config(12 << 10);
    private static final int RECORDS = 6;

    private final SimulatedDisk disk = new SimulatedDisk(1);

    private static ByteBuffer body(long sequence) {
        return LogFixture.body(sequence, (int) (20 + 13 * sequence));
    }

    private List<Appended> fill(SegmentLog log) throws IOException {
        List<Appended> appended = new ArrayList<>();
        for (int index = 1; index <= RECORDS; index++) {
            appended.add(log.append((byte) 1, body(index)));
        }
        return appended;
    }

    @Test
    void everyFlippedBitOfACleanlyClosedLogIsReportedAndNoneIsServed() throws IOException {
        List<Appended> appended;
        try (SegmentLog log = SegmentLog.open(disk, CONFIG)) {
            appended = fill(log);
        }
        String name = SegmentHeader.fileName(1);
        long sizeBytes = disk.sizeBytes(name);
        for (long offset = 0; offset < sizeBytes; offset++) {
            for (int bit = 0; bit < 8; bit++) {
                SimulatedDisk copy = disk.powerCut();
                copy.flipBit(name, offset, bit);
                checkFlipped(copy, appended, offset);
            }
            // The header's many zeros between its two copies say nothing: a sample of them is enough.
            if ((offset > 100 && offset < 2000) || (offset > 2148 && offset < 4000)) {
                offset += 97;
            }
        }
    }

    private static void checkFlipped(SimulatedDisk copy, List<Appended> appended, long offset) throws IOException {
        try (SegmentLog log = SegmentLog.open(copy, CONFIG)) {
            assertThat(log.lastSequence()).isEqualTo(RECORDS);
            Collected found = Collected.of(log);
            int intact = 0;
            for (Appended record : appended) {
                ByteBuffer body = body(record.sequence());
                boolean hit = isWithin(offset, record);
                if (hit) {
                    assertThatThrownBy(() -> LogFixture.read(log, record.position()))
                            .isInstanceOf(CorruptDataException.class)
                            .hasMessageContaining(SegmentHeader.fileName(1))
                            .hasMessageContaining("expected");
                    assertThat(found.bodies).doesNotContainKey(record.sequence());
                    assertThat(found.damages).as("offset %d", offset).hasSize(1);
                } else {
                    intact++;
                    assertThat(LogFixture.read(log, record.position())).isEqualTo(body);
                    assertThat(found.bodies.get(record.sequence()))
                            .as("record %d, flipped %d", record.sequence(), offset)
                            .isEqualTo(body);
                }
            }
            assertThat(found.bodies).hasSize(intact);
            assertThat(log.append((byte) 1, body(9)).sequence()).isEqualTo(RECORDS + 1);
        }
    }

    /** Zeros between records belong to nobody. */
    private static boolean isWithin(long offset, Appended record) {
        long start = record.position().offsetBytes();
        long body = record.position().bodySizeBytes();
        return offset >= start && offset < start + RecordFormat.headerSizeBytes(body) + body;
    }

    @Test
    void everyFlippedBitOfWhatLaterRecordsCallDurableIsReportedAfterACrash() throws IOException {
        SegmentLog log = SegmentLog.open(disk, CONFIG);
        List<Appended> appended = fill(log);
        log.sync(RECORDS);
        log.append((byte) 1, body(RECORDS + 1));
        log.sync(RECORDS + 1);
        long endBytes = appended.getLast().position().offsetBytes();
        for (long offset = SegmentHeader.SIZE_BYTES; offset < endBytes; offset++) {
            for (int bit = 0; bit < 8; bit++) {
                SimulatedDisk copy = disk.kill();
                copy.flipBit(SegmentHeader.fileName(1), offset, bit);
                try (SegmentLog recovered = SegmentLog.open(copy, CONFIG)) {
                    assertThat(recovered.lastSequence()).isEqualTo(RECORDS + 1);
                    Collected found = Collected.of(recovered);
                    long flipped = offset;
                    boolean hit = appended.stream().anyMatch(record -> isWithin(flipped, record));
                    assertThat(found.damages).as("offset %d", offset).hasSize(hit ? 1 : 0);
                    assertThat(found.bodies).hasSize(hit ? RECORDS : RECORDS + 1);
                    found.bodies.forEach((sequence, body) -> assertThat(body).isEqualTo(body(sequence)));
                }
            }
        }
    }

    @Test
    void aBadRecordBelowTheCallersFloorIsDamageAndTheLogGoesOnBehindIt() throws IOException {
        SegmentLog log = SegmentLog.open(disk, CONFIG);
        Appended last = fill(log).getLast();
        log.sync(RECORDS);
        for (long within : new long[] {3, 60}) {
            SimulatedDisk copy = disk.kill();
            copy.flipBit(SegmentHeader.fileName(1), last.position().offsetBytes() + within, 0);
            SegmentLogConfig config =
                    new SegmentLogConfig(CONFIG.segmentSizeBytes(), CONFIG.clusterId(), CONFIG.diskId(), RECORDS);
            try (SegmentLog recovered = SegmentLog.open(copy, config)) {
                assertThat(recovered.append((byte) 1, body(7)).sequence()).isEqualTo(RECORDS + 1);
                recovered.sync(RECORDS + 1);
                Collected found = Collected.of(recovered);
                assertThat(found.damages).hasSize(1);
                assertThat(found.bodies).containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 7L);
            }
        }
    }

    @Test
    void aCutRecordsSuccessorIsNeverTakenForTheNewOnesSuccessor() throws IOException {
        SegmentLog log = SegmentLog.open(disk, CONFIG);
        Appended first = log.append((byte) 1, LogFixture.body(1, 100));
        Appended torn = log.append((byte) 1, LogFixture.body(2, 100));
        log.append((byte) 1, LogFixture.body(3, 100));
        SimulatedDisk after = disk.kill();
        after.flipBit(SegmentHeader.fileName(1), torn.position().offsetBytes() + 80, 1);
        SegmentLog second = SegmentLog.open(after, CONFIG);
        assertThat(second.lastSequence()).isEqualTo(first.sequence());
        // Exactly as long as the record that was cut: what followed that one would follow this one.
        Appended again = second.append((byte) 1, LogFixture.body(77, 100));
        assertThat(again).isEqualTo(torn);
        second.sync(again.sequence());
        SegmentLog third = SegmentLog.open(after.kill(), CONFIG);
        assertThat(third.lastSequence()).isEqualTo(again.sequence());
        assertThat(LogFixture.read(third, again.position())).isEqualTo(LogFixture.body(77, 100));
    }

    @Test
    void aCopyOfTheLogStoredInTheLogIsNotTakenForRecords() throws IOException {
        SegmentLogConfig config = LogFixture.config(64 << 10);
        SegmentLog log = SegmentLog.open(disk, config);
        fill(log);
        log.sync(RECORDS);
        ByteBuffer image = ByteBuffer.allocate(16 << 10);
        try (DiskFile file = disk.open(SegmentHeader.fileName(1))) {
            file.read(0, image);
        }
        Appended copy = log.append((byte) 1, image.flip());
        log.sync(copy.sequence());
        log.append((byte) 1, body(RECORDS + 2));
        log.close();
        SimulatedDisk damaged = disk.powerCut();
        damaged.flipBit(SegmentHeader.fileName(1), copy.position().offsetBytes(), 0);
        try (SegmentLog reopened = SegmentLog.open(damaged, config)) {
            Collected found = Collected.of(reopened);
            assertThat(found.damages).hasSize(1);
            assertThat(found.bodies).hasSize(RECORDS + 1);
            assertThat(found.bodies.get(RECORDS + 2L)).isEqualTo(body(RECORDS + 2));
        }
    }

    @Test
    void aFailedSyncPoisonsTheLogForEver() throws IOException {
        SegmentLog log = SegmentLog.open(disk, CONFIG);
        Appended good = log.append((byte) 1, body(1));
        log.sync(1);
        log.append((byte) 1, body(2));
        disk.failSyncAfter(0);
        assertThatThrownBy(() -> log.sync(2)).hasMessageContaining("simulated failure of a sync");
        assertThatThrownBy(() -> log.sync(2)).hasMessageContaining("simulated failure of a sync");
        assertThatThrownBy(() -> log.append((byte) 1, body(3))).hasMessageContaining("simulated failure of a sync");
        assertThatThrownBy(log::roll).hasMessageContaining("simulated failure of a sync");
        log.sync(1);
        assertThat(log.durableSequence()).isEqualTo(1);
        assertThat(LogFixture.read(log, good.position())).isEqualTo(body(1));
        log.close();
        try (SegmentLog reopened = SegmentLog.open(disk.powerCut(), CONFIG)) {
            assertThat(reopened.lastSequence()).isBetween(1L, 2L);
            assertThat(Collected.of(reopened).bodies.get(1L)).isEqualTo(body(1));
        }
    }

    @Test
    void aFullDiskRefusesRecordsLosesNoneAndGoesOnWhenThereIsSpace() throws IOException {
        SegmentLog log = SegmentLog.open(disk, CONFIG);
        disk.limitSpace(30 << 10);
        long acknowledged = 0;
        boolean full = false;
        while (!full) {
            try {
                acknowledged = log.append((byte) 1, body(acknowledged + 1)).sequence();
            } catch (OutOfSpaceException expected) {
                full = true;
            }
        }
        assertThat(acknowledged).isGreaterThan(RECORDS);
        assertThatThrownBy(() -> log.append((byte) 1, body(1))).isInstanceOf(OutOfSpaceException.class);
        log.sync(acknowledged);
        assertThat(Collected.of(log).bodies).hasSize((int) acknowledged);
        log.remove(log.segments().getFirst().segment());
        assertThat(log.append((byte) 1, body(acknowledged + 1)).sequence()).isEqualTo(acknowledged + 1);
        log.close();
        try (SegmentLog reopened = SegmentLog.open(disk.powerCut(), CONFIG)) {
            Collected found = Collected.of(reopened);
            assertThat(found.damages).isEmpty();
            assertThat(found.bodies.lastKey()).isEqualTo(acknowledged + 1);
            found.bodies.forEach((sequence, body) -> assertThat(body).isEqualTo(body(sequence)));
        }
    }

    @Test
    void aLogOnAFullDiskOpensAndTakesRecordsAgainOnceThereIsSpace() throws IOException {
        try (SegmentLog log = SegmentLog.open(disk, CONFIG)) {
            fill(log);
        }
        SimulatedDisk full = disk.powerCut();
        full.limitSpace(full.sizeBytes(SegmentHeader.fileName(1)));
        try (SegmentLog log = SegmentLog.open(full, CONFIG)) {
            assertThat(Collected.of(log).bodies).hasSize(RECORDS);
            assertThatThrownBy(() -> log.append((byte) 1, body(9))).isInstanceOf(OutOfSpaceException.class);
            full.unlimitSpace();
            assertThat(log.append((byte) 1, body(7)).sequence()).isEqualTo(RECORDS + 1);
            assertThat(Collected.of(log).damages).isEmpty();
        }
    }

    @Test
    void filesOfAnotherClusterDiskPlaceOrVersionAreRefusedByName() throws IOException {
        SegmentLog.open(disk, CONFIG).close();
        SimulatedDisk first = disk.powerCut();
        UUID other = new UUID(9, 9);
        SegmentLogConfig otherCluster = new SegmentLogConfig(12 << 10, other, LogFixture.DISK, 0);
        assertThatThrownBy(() -> SegmentLog.open(first, otherCluster)).hasMessageContaining("belongs to cluster");
        SegmentLogConfig otherDisk = new SegmentLogConfig(12 << 10, LogFixture.CLUSTER, other, 0);
        assertThatThrownBy(() -> SegmentLog.open(first, otherDisk)).hasMessageContaining("belongs to disk");
        first.rename(SegmentHeader.fileName(1), SegmentHeader.fileName(2));
        assertThatThrownBy(() -> SegmentLog.open(first, CONFIG)).hasMessageContaining("renamed");
        SimulatedDisk second = disk.powerCut();
        second.overwrite(SegmentHeader.fileName(1), 0, new byte[SegmentHeader.SIZE_BYTES]);
        assertThatThrownBy(() -> SegmentLog.open(second, CONFIG))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("no intact segment header");
    }
}
