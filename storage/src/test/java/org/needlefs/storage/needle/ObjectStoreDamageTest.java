package org.needlefs.storage.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.needlefs.storage.needle.StoreFixture.compact;
import static org.needlefs.storage.needle.StoreFixture.config;
import static org.needlefs.storage.needle.StoreFixture.content;
import static org.needlefs.storage.needle.StoreFixture.id;
import static org.needlefs.storage.needle.StoreFixture.put;
import static org.needlefs.storage.needle.StoreFixture.read;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.volume.Damage;
import org.needlefs.storage.needle.volume.Inspection;
import org.needlefs.storage.segment.RecordPosition;

/** Disks that lie, fail or are full. */
final class ObjectStoreDamageTest {
    private static final int NEEDLE_COUNT = 30;
    private static final int SIZE_BYTES = 5_000;
    private static final long SEED = 4711;

    @TempDir
    Path directory;

    private SimulatedDisk disk = new SimulatedDisk(SEED);
    private StoreDirectory place = new StoreDirectory(disk, Path.of(""));

    @BeforeEach
    void makeDisk() {
        disk = new SimulatedDisk(SEED);
        place = new StoreDirectory(disk, directory.resolve("index"));
    }

    private ObjectStore open(boolean trustIndex) throws IOException {
        return ObjectStore.open(config(List.of(place)).withTrustIndex(trustIndex));
    }

    private String container() throws IOException {
        return disk.list().stream()
                .filter(name -> name.startsWith("segment-"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFlippedBitAnywhereInAContainerIsNeverServed() throws Exception {
        System.out.println("seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        long usedBytes;
        try (ObjectStore store = open(true)) {
            for (int number = 1; number <= NEEDLE_COUNT; number++) {
                put(store, id(number), SIZE_BYTES);
            }
            store.sync();
            usedBytes = store.space().liveBytes();
        }
        for (int round = 0; round < 60; round++) {
            long offsetBytes = 4_096 + random.nextLong(usedBytes - 4_096);
            int bit = random.nextInt(8);
            disk.flipBit(container(), offsetBytes, bit);
            try (ObjectStore store = open(round % 2 == 0)) {
                int bad = countBad(store);
                assertThat(bad).as("bit %d at %d", bit, offsetBytes).isBetween(0, 2);
                boolean reported =
                        bad == 0 || store.status().volumes().getFirst().damageCount() > 0 || round % 2 == 0;
                assertThat(reported).isTrue();
            }
            disk.flipBit(container(), offsetBytes, bit);
        }
        try (ObjectStore store = open(false)) {
            assertThat(countBad(store)).isZero();
        }
    }

    /** Objects that are not served; what is served is right. */
    private static int countBad(ObjectStore store) throws IOException {
        int bad = 0;
        for (int number = 1; number <= NEEDLE_COUNT; number++) {
            try {
                assertThat(read(store, id(number), 0, SIZE_BYTES)).isEqualTo(content(id(number), SIZE_BYTES));
            } catch (CorruptDataException | FileNotFoundException notServed) {
                bad++;
            }
        }
        return bad;
    }

    @Test
    void scrubQuarantinesWhatIsDamagedAndAGoodCopyHealsIt() throws Exception {
        try (ObjectStore store = open(true)) {
            for (int number = 1; number <= NEEDLE_COUNT; number++) {
                put(store, id(number), SIZE_BYTES);
            }
            store.sync();
            NeedleHead head = store.head(id(7)).orElseThrow();
            disk.flipBit(container(), head.offsetBytes() + 1_000, 3);
            store.scrub().start();
            store.scrub().await();
            assertThat(store.scrub().status().state()).isEqualTo(Scrub.State.DONE);
            assertThat(store.scrub().status().failedCount()).isEqualTo(1);
            assertThat(store.scrub().status().needleCount()).isEqualTo(NEEDLE_COUNT);
        }
        try (ObjectStore store = open(true)) {
            assertThat(store.status().volumes().getFirst().quarantined()).containsExactly(id(7));
            assertThatThrownBy(() -> read(store, id(7), 4_900, 100)).isInstanceOf(CorruptDataException.class);
            put(store, id(7), SIZE_BYTES);
            assertThat(read(store, id(7), 0, SIZE_BYTES)).isEqualTo(content(id(7), SIZE_BYTES));
            assertThat(store.status().volumes().getFirst().quarantined()).isEmpty();
        }
        verifyFindsOneDamage();
    }

    private void verifyFindsOneDamage() throws IOException {
        List<Damage> damages = new ArrayList<>();
        List<ObjectId> seen = new ArrayList<>();
        Inspect.verify(place, new Inspection.Visitor() {
            @Override
            public void record(long sequence, RecordPosition position, NeedleHeader header, Inspection.State state) {
                seen.add(header.id());
            }

            @Override
            public void damaged(Damage damage) {
                damages.add(damage);
            }
        });
        assertThat(damages).hasSize(1);
        // The good copy of the damaged one included.
        assertThat(seen).hasSize(NEEDLE_COUNT);
    }

    @Test
    void compactionKeepsAContainerWithDamage() throws Exception {
        try (ObjectStore store = open(true)) {
            for (int number = 1; number <= NEEDLE_COUNT; number++) {
                put(store, id(number), SIZE_BYTES);
            }
            assertThat(store.delete(id(1))).isTrue();
            store.sync();
            NeedleHead head = store.head(id(7)).orElseThrow();
            disk.flipBit(container(), head.offsetBytes() + 1_000, 3);
            String damagedContainer = container();
            compact(store);
            assertThat(store.compaction().status().held()).hasSize(1);
            assertThat(disk.list()).contains(damagedContainer);
            for (int number = 2; number <= NEEDLE_COUNT; number++) {
                if (number != 7) {
                    assertThat(read(store, id(number), 0, SIZE_BYTES)).isEqualTo(content(id(number), SIZE_BYTES));
                }
            }
            assertThatThrownBy(() -> read(store, id(7), 0, SIZE_BYTES)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void aFullDiskTakesDeletesAndAfterCompactionPutsAgain() throws Exception {
        disk.limitSpace(10 * StoreFixture.SEGMENT_SIZE_BYTES);
        try (ObjectStore store = open(true)) {
            int stored = fill(store, 1);
            assertThat(stored).isGreaterThan(100);
            assertThat(store.space().availableBytes()).isLessThan(2 * 10_000);
            for (int number = 1; number < stored; number++) {
                if (number % 2 == 0) {
                    assertThat(store.delete(id(number))).isTrue();
                }
            }
            compact(store);
            assertThat(store.compaction().status().problem()).isEmpty();
            assertThat(store.space().availableBytes()).isGreaterThan(stored / 3 * 10_000L);
            int more = fill(store, 10_001);
            assertThat(more - 10_001).isGreaterThan(stored / 3);
            for (int number = 1; number < stored; number += 2) {
                assertThat(read(store, id(number), 0, 10_000)).isEqualTo(content(id(number), 10_000));
            }
        }
    }

    /** Puts until there is no room; returns the first number that was refused. */
    private static int fill(ObjectStore store, int from) throws IOException {
        int number = from;
        while (true) {
            try {
                put(store, id(number), 10_000);
            } catch (OutOfSpaceException full) {
                return number;
            }
            number++;
        }
    }

    @Test
    void aDiskWhoseSyncFailedIsIsolatedAndSaysSo() throws Exception {
        try (ObjectStore store = open(true)) {
            put(store, id(1), 100);
            disk.failSyncAfter(0);
            assertThatThrownBy(store::sync).isInstanceOf(IOException.class);
            assertThatThrownBy(store::sync).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> put(store, id(2), 100)).isInstanceOf(IOException.class);
            assertThat(store.status().volumes().getFirst().failure()).isPresent();
            assertThat(read(store, id(1), 0, 100)).isEqualTo(content(id(1), 100));
        }
    }
}
