package org.needlefs.storage.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.storage.needle.StoreFixture.config;
import static org.needlefs.storage.needle.StoreFixture.content;
import static org.needlefs.storage.needle.StoreFixture.put;
import static org.needlefs.storage.needle.StoreFixture.read;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.ObjectId;

/** Many threads put, read and delete while containers are compacted under them: every answer is checked. */
final class ObjectStoreStressTest {
    private static final int THREAD_COUNT = 4;
    private static final int ROUND_COUNT = 3_000;
    private static final int KEPT_MAX = 200;

    @TempDir
    Path directory;

    @Test
    void compactionUnderLoadIsNotNoticed() throws Exception {
        List<NavigableSet<ObjectId>> left = new ArrayList<>();
        try (ObjectStore store = ObjectStore.open(config(directory).withCompaction(true, 20))) {
            try (ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT + 1)) {
                List<Future<NavigableSet<ObjectId>>> workers = new ArrayList<>();
                for (int number = 1; number <= THREAD_COUNT; number++) {
                    long owner = number;
                    workers.add(threads.submit(() -> work(store, owner)));
                }
                Future<?> compactor = threads.submit(() -> {
                    while (!workers.stream().allMatch(Future::isDone)) {
                        StoreFixture.compact(store);
                    }
                    return null;
                });
                for (Future<NavigableSet<ObjectId>> worker : workers) {
                    left.add(worker.get());
                }
                compactor.get();
            }
            assertThat(store.compaction().status().segmentCount()).isPositive();
            assertThat(store.compaction().status().foundCount()).isZero();
            assertThat(store.compaction().status().held()).isEmpty();
            assertThat(store.compaction().status().problem()).isEmpty();
            check(store, left);
        }
        try (ObjectStore store = ObjectStore.open(config(directory).withTrustIndex(false))) {
            check(store, left);
        }
    }

    /** Works on objects that no other thread changes. */
    private static NavigableSet<ObjectId> work(ObjectStore store, long owner) throws IOException {
        SplittableRandom random = new SplittableRandom(owner);
        NavigableSet<ObjectId> mine = new TreeSet<>();
        for (int round = 0; round < ROUND_COUNT; round++) {
            ObjectId id = new ObjectId(owner, round + 1);
            put(store, id, sizeBytes(id));
            mine.add(id);
            ObjectId some = mine.tailSet(new ObjectId(owner, random.nextLong(round + 1) + 1))
                    .first();
            int someSize = sizeBytes(some);
            assertThat(read(store, some, 0, someSize)).isEqualTo(content(some, someSize));
            if (mine.size() > KEPT_MAX || random.nextInt(3) == 0) {
                assertThat(store.delete(some)).isTrue();
                mine.remove(some);
            }
        }
        return mine;
    }

    private static int sizeBytes(ObjectId id) {
        return (int) ((id.low() * 7_919 + id.high() * 104_729) % 8_000);
    }

    private static void check(ObjectStore store, List<NavigableSet<ObjectId>> left) throws IOException {
        NavigableSet<ObjectId> all = new TreeSet<>();
        left.forEach(all::addAll);
        assertThat(store.list(new ObjectId(0, 0), 1_000_000).stream()
                        .map(NeedleHead::id)
                        .toList())
                .containsExactlyElementsOf(all);
        for (ObjectId id : all) {
            assertThat(read(store, id, 0, sizeBytes(id))).isEqualTo(content(id, sizeBytes(id)));
        }
    }
}
