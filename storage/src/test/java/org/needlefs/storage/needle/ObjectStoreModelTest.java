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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.SimulatedDisk;

/** Random work on a store and on a map side by side, with kills and power cuts in between. */
final class ObjectStoreModelTest {
    private static final int STEP_COUNT = 1_500;
    private static final int ID_COUNT = 300;

    @TempDir
    Path directory;

    private SimulatedDisk disk = new SimulatedDisk(0);
    private int boots;

    /** Sizes of what is there, as the store answered. */
    private final TreeMap<ObjectId, Integer> expected = new TreeMap<>();

    /** What has changed since the last sync, as it was at that sync: a power cut may bring it back. */
    private final Map<ObjectId, Optional<Integer>> unsynced = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theStoreAnswersAsAMapDoes(long seed) throws Exception {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        disk = new SimulatedDisk(seed);
        ObjectStore store = open(true);
        try {
            for (int step = 0; step < STEP_COUNT; step++) {
                int dice = random.nextInt(1_000);
                if (dice < 450) {
                    putOne(store, random);
                } else if (dice < 700) {
                    deleteOne(store, random);
                } else if (dice < 950) {
                    readOne(store, random);
                } else if (dice < 970) {
                    store.sync();
                    unsynced.clear();
                } else if (dice < 980) {
                    compact(store);
                    assertThat(store.compaction().status().held()).isEmpty();
                    assertThat(store.compaction().status().foundCount()).isZero();
                } else if (dice < 985) {
                    checkAll(store);
                } else if (dice < 990) {
                    store.close();
                    store = open(random.nextBoolean());
                } else if (dice < 995) {
                    store.abandon();
                    disk = disk.kill();
                    store = open(true);
                    checkAll(store);
                } else {
                    store.abandon();
                    disk = disk.powerCut();
                    store = open(false);
                    adopt(store);
                }
            }
            checkAll(store);
            assertThat(store.status().volumes().getFirst().damageCount()).isZero();
        } finally {
            store.close();
        }
    }

    private ObjectStore open(boolean trustIndex) throws IOException {
        StoreDirectory place = new StoreDirectory(disk, directory.resolve("index"));
        boots++;
        return ObjectStore.open(config(List.of(place)).withTrustIndex(trustIndex));
    }

    private void remember(ObjectId id) {
        if (!unsynced.containsKey(id)) {
            Integer size = expected.get(id);
            unsynced.put(id, Optional.ofNullable(size));
        }
    }

    private void putOne(ObjectStore store, SplittableRandom random) throws IOException {
        ObjectId id = id(random.nextInt(ID_COUNT) + 1);
        // The size follows from the id: what is put again is the same.
        int sizeBytes = (int) (id.low() * id.low() % 30_011);
        remember(id);
        put(store, id, sizeBytes);
        expected.put(id, sizeBytes);
    }

    private void deleteOne(ObjectStore store, SplittableRandom random) throws IOException {
        ObjectId id = id(random.nextInt(ID_COUNT) + 1);
        remember(id);
        assertThat(store.delete(id)).isEqualTo(expected.remove(id) != null);
    }

    private void readOne(ObjectStore store, SplittableRandom random) throws IOException {
        ObjectId id = id(random.nextInt(ID_COUNT) + 1);
        Integer sizeBytes = expected.get(id);
        assertThat(store.head(id).isPresent()).isEqualTo(sizeBytes != null);
        if (sizeBytes == null) {
            return;
        }
        int from = random.nextInt(sizeBytes + 1);
        int count = random.nextInt(sizeBytes - from + 1);
        assertThat(read(store, id, from, count))
                .isEqualTo(Arrays.copyOfRange(content(id, sizeBytes), from, from + count));
    }

    private void checkAll(ObjectStore store) throws IOException {
        List<NeedleHead> heads = store.list(new ObjectId(0, 0), ID_COUNT + 1);
        assertThat(heads.stream().map(NeedleHead::id).toList())
                .as("boot %d", boots)
                .containsExactlyElementsOf(expected.keySet());
        for (Map.Entry<ObjectId, Integer> entry : expected.entrySet()) {
            assertThat(read(store, entry.getKey(), 0, entry.getValue()))
                    .isEqualTo(content(entry.getKey(), entry.getValue()));
        }
    }

    /** After a power cut: what was synced is as it was; of the rest each object is there whole, or not at all. */
    private void adopt(ObjectStore store) throws IOException {
        for (int number = 1; number <= ID_COUNT; number++) {
            ObjectId id = id(number);
            boolean present = store.head(id).isPresent();
            if (!unsynced.containsKey(id)) {
                assertThat(present).as("object %s, boot %d", id, boots).isEqualTo(expected.containsKey(id));
            } else if (present) {
                expected.put(id, (int) (id.low() * id.low() % 30_011));
            } else {
                expected.remove(id);
            }
        }
        unsynced.clear();
        checkAll(store);
    }
}
