package org.needlefs.storage.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.storage.needle.StoreFixture.compact;
import static org.needlefs.storage.needle.StoreFixture.config;
import static org.needlefs.storage.needle.StoreFixture.content;
import static org.needlefs.storage.needle.StoreFixture.id;
import static org.needlefs.storage.needle.StoreFixture.put;
import static org.needlefs.storage.needle.StoreFixture.read;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.disk.SimulatedDisk;

/** The power goes at every single operation of a compaction: nothing that was synced is lost, nothing deleted is back. */
final class ObjectStoreCrashTest {
    private static final int NEEDLE_COUNT = 40;
    private static final int SIZE_BYTES = 15_000;

    @TempDir
    Path directory;

    @Test
    void aPowerCutAtAnyPointOfACompactionLosesNothing() throws Exception {
        long operations = run(Long.MAX_VALUE);
        assertThat(operations).isPositive();
        for (long cutAfter = 0; cutAfter < operations; cutAfter++) {
            long unused = run(cutAfter);
        }
    }

    /** Returns the number of disk operations that the compaction took. */
    private long run(long cutAfter) throws Exception {
        SimulatedDisk disk = new SimulatedDisk(cutAfter);
        Path index = directory.resolve("index" + cutAfter);
        ObjectStore store = ObjectStore.open(config(List.of(new StoreDirectory(disk, index))));
        for (int number = 1; number <= NEEDLE_COUNT; number++) {
            put(store, id(number), SIZE_BYTES);
        }
        for (int number = 1; number <= NEEDLE_COUNT; number++) {
            if (number % 3 != 0) {
                assertThat(store.delete(id(number))).isTrue();
            }
        }
        store.sync();
        long before = disk.operationCount();
        if (cutAfter != Long.MAX_VALUE) {
            disk.cutPowerAfter(cutAfter);
        }
        compact(store);
        long operations = disk.operationCount() - before;
        store.abandon();
        SimulatedDisk booted = disk.powerCut();
        StoreDirectory place = new StoreDirectory(booted, index);
        try (ObjectStore recovered = ObjectStore.open(config(List.of(place)).withTrustIndex(false))) {
            check(recovered, cutAfter);
            compact(recovered);
            check(recovered, cutAfter);
            assertThat(recovered.compaction().status().held()).isEmpty();
        }
        try (ObjectStore rebuilt = ObjectStore.open(config(List.of(place)).withTrustIndex(false))) {
            check(rebuilt, cutAfter);
        }
        return operations;
    }

    private static void check(ObjectStore store, long cutAfter) throws IOException {
        for (int number = 1; number <= NEEDLE_COUNT; number++) {
            if (number % 3 == 0) {
                assertThat(read(store, id(number), 0, SIZE_BYTES))
                        .as("needle %d, cut after %d", number, cutAfter)
                        .isEqualTo(content(id(number), SIZE_BYTES));
            } else {
                assertThat(store.head(id(number)))
                        .as("needle %d, cut after %d", number, cutAfter)
                        .isEmpty();
            }
        }
    }
}
