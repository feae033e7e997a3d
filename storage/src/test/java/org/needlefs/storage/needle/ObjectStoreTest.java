package org.needlefs.storage.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.needlefs.storage.needle.StoreFixture.compact;
import static org.needlefs.storage.needle.StoreFixture.config;
import static org.needlefs.storage.needle.StoreFixture.content;
import static org.needlefs.storage.needle.StoreFixture.id;
import static org.needlefs.storage.needle.StoreFixture.put;
import static org.needlefs.storage.needle.StoreFixture.read;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.ObjectId;

final class ObjectStoreTest {
    @TempDir
    Path directory;

    @Test
    void whatWasPutIsReadAndSurvivesAReopen() throws Exception {
        ByteBuffer[] parts = {
            ByteBuffer.wrap(content(id(1), 70_000), 0, 10),
            ByteBuffer.allocateDirect(69_990)
                    .put(content(id(1), 70_000), 10, 69_990)
                    .flip()
        };
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            store.put(id(1), 5, parts);
            store.put(id(2));
            check(store);
            store.sync();
        }
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            check(store);
            assertThat(store.status().volumes().getFirst().replayedCount()).isZero();
        }
    }

    private static void check(ObjectStore store) throws Exception {
        byte[] content = content(id(1), 70_000);
        assertThat(read(store, id(1), 0, 70_000)).isEqualTo(content);
        assertThat(read(store, id(1), 65_000, 4_096)).isEqualTo(Arrays.copyOfRange(content, 65_000, 69_096));
        NeedleHead head = store.head(id(1)).orElseThrow();
        assertThat(head.sizeBytes()).isEqualTo(70_000);
        assertThat(head.epoch()).isEqualTo(5);
        assertThat(head.createdMillis()).isEqualTo(1_000);
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        assertThat(head.digest()).hasToString(expected);
        assertThat(store.head(id(2)).orElseThrow().sizeBytes()).isZero();
        assertThat(read(store, id(2), 0, 0)).isEmpty();
    }

    @Test
    void anUnknownObjectIsNotFound() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            assertThatThrownBy(() -> read(store, id(9), 0, 1)).isInstanceOf(FileNotFoundException.class);
            assertThat(store.head(id(9))).isEmpty();
            assertThat(store.delete(id(9))).isFalse();
        }
    }

    @Test
    void readingBehindTheEndIsRefused() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            put(store, id(1), 100);
            assertThatThrownBy(() -> read(store, id(1), 90, 11)).isInstanceOf(EOFException.class);
            assertThat(read(store, id(1), 90, 10)).hasSize(10);
        }
    }

    @Test
    void puttingTheSameBytesAgainStoresNothing() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            put(store, id(1), 1_000);
            StoreSpace before = store.space();
            put(store, id(1), 1_000);
            assertThat(store.space().liveBytes()).isEqualTo(before.liveBytes());
        }
    }

    @Test
    void puttingOtherBytesUnderTheSameIdIsRefused() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            put(store, id(1), 1_000);
            assertThatThrownBy(() -> put(store, id(1), 1_001)).hasMessageContaining("other bytes");
            assertThat(read(store, id(1), 0, 1_000)).isEqualTo(content(id(1), 1_000));
        }
    }

    @Test
    void aDeletedObjectStaysDeletedAndMayBePutAgain() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            put(store, id(1), 1_000);
            assertThat(store.delete(id(1))).isTrue();
            assertThat(store.delete(id(1))).isFalse();
            assertThat(store.head(id(1))).isEmpty();
        }
        try (ObjectStore store = ObjectStore.open(config(directory).withTrustIndex(false))) {
            assertThat(store.head(id(1))).isEmpty();
            put(store, id(1), 1_000);
        }
        try (ObjectStore store = ObjectStore.open(config(directory).withTrustIndex(false))) {
            assertThat(read(store, id(1), 0, 1_000)).isEqualTo(content(id(1), 1_000));
        }
    }

    @Test
    void listingGoesThroughAllObjectsInOrder() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            for (int number = 1_000; number > 0; number--) {
                put(store, id(number), number % 50);
                if (number % 3 == 0) {
                    assertThat(store.delete(id(number))).isTrue();
                }
            }
            ObjectId after = new ObjectId(0, 0);
            long expected = 0;
            while (true) {
                List<NeedleHead> page = store.list(after, 37);
                for (NeedleHead head : page) {
                    expected += expected % 3 == 2 ? 2 : 1;
                    assertThat(head.id()).isEqualTo(id(expected));
                }
                if (page.size() < 37) {
                    break;
                }
                after = page.getLast().id();
            }
            assertThat(expected).isEqualTo(1_000);
        }
    }

    @Test
    void theDeathOfTheProcessLosesNothing() throws IOException {
        // Room for all changes: a batch that the index happens to write behind the last one would leave nothing to
        // replay.
        ObjectStore killed = ObjectStore.open(config(directory).withIndex(8 << 20, 10_000));
        for (int number = 1; number <= 500; number++) {
            put(killed, id(number), 100);
            if (number % 2 == 0) {
                assertThat(killed.delete(id(number - 1))).isTrue();
            }
        }
        killed.abandon();
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            assertThat(store.status().volumes().getFirst().replayedCount()).isPositive();
            for (int number = 1; number <= 500; number++) {
                assertThat(store.head(id(number)).isPresent()).isEqualTo(number % 2 == 0);
            }
        }
    }

    @Test
    void compactionFreesWhatIsDeadAndKeepsWhatLives() throws Exception {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            for (int number = 1; number <= 100; number++) {
                put(store, id(number), 20_000);
            }
            for (int number = 1; number <= 100; number++) {
                if (number % 4 != 0) {
                    assertThat(store.delete(id(number))).isTrue();
                }
            }
            long garbageBytes = store.space().garbageBytes();
            assertThat(garbageBytes).isGreaterThan(75 * 20_000);
            compact(store);
            assertThat(store.space().garbageBytes()).isLessThan(garbageBytes / 10);
            assertThat(store.space().liveBytes()).isLessThan(40 * 20_000);
            assertThat(store.compaction().status().foundCount()).isZero();
            assertThat(store.compaction().status().held()).isEmpty();
            checkEveryFourth(store);
        }
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            checkEveryFourth(store);
        }
        try (ObjectStore store = ObjectStore.open(config(directory).withTrustIndex(false))) {
            checkEveryFourth(store);
        }
    }

    private static void checkEveryFourth(ObjectStore store) throws IOException {
        for (int number = 1; number <= 100; number++) {
            if (number % 4 == 0) {
                assertThat(read(store, id(number), 0, 20_000)).isEqualTo(content(id(number), 20_000));
            } else {
                assertThat(store.head(id(number))).isEmpty();
            }
        }
    }

    @Test
    void tombstonesGoOnceNothingNeedsThem() throws Exception {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            for (int number = 1; number <= 1_000; number++) {
                put(store, id(number), 1_000);
            }
            for (int number = 1; number <= 1_000; number++) {
                assertThat(store.delete(id(number))).isTrue();
            }
            compact(store);
            compact(store);
            compact(store);
            assertThat(store.space().liveBytes()).isLessThan(10_000);
        }
    }

    @Test
    void compactionKeepsTombstonesThatOthersStillNeed() throws Exception {
        ObjectStoreConfig keeping = config(directory).withTombstoneMayGo(ignored -> false);
        try (ObjectStore store = ObjectStore.open(keeping)) {
            for (int number = 1; number <= 100; number++) {
                put(store, id(number), 10_000);
                assertThat(store.delete(id(number))).isTrue();
            }
            compact(store);
            compact(store);
            StoreSpace space = store.space();
            assertThat(space.liveBytes() + space.garbageBytes()).isGreaterThan(100 * 96);
        }
    }

    @Test
    void aDirectoryOfAnotherClusterIsRefused() throws IOException {
        ObjectStore.open(config(directory)).close();
        ObjectStoreConfig other = ObjectStoreConfig.of(config(directory).directories(), new UUID(8, 8));
        assertThatThrownBy(() -> ObjectStore.open(other)).hasMessageContaining("belongs to cluster");
    }

    @Test
    void twoStoresCannotShareADirectory() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            assertThatThrownBy(() -> ObjectStore.open(config(directory))).isInstanceOf(IOException.class);
            put(store, id(1), 10);
        }
        ObjectStore.open(config(directory)).close();
    }

    @Test
    void objectsSpreadOverAllDirectoriesAndANewOneJoinsIn() throws IOException {
        Path first = Files.createDirectory(directory.resolve("1"));
        Path second = Files.createDirectory(directory.resolve("2"));
        Path third = Files.createDirectory(directory.resolve("3"));
        try (ObjectStore store = ObjectStore.open(config(first, second))) {
            for (int number = 1; number <= 100; number++) {
                put(store, id(number), 1_000);
            }
            assertThat(store.status().volumes()).allMatch(volume -> volume.liveBytes() > 20_000);
        }
        try (ObjectStore store = ObjectStore.open(config(first, second, third))) {
            for (int number = 101; number <= 200; number++) {
                put(store, id(number), 1_000);
            }
            assertThat(store.status().volumes()).allMatch(volume -> volume.liveBytes() > 20_000);
            assertThat(store.list(new ObjectId(0, 0), 1_000)).hasSize(200);
            for (int number = 1; number <= 200; number++) {
                assertThat(read(store, id(number), 0, 1_000)).isEqualTo(content(id(number), 1_000));
                assertThat(store.delete(id(number))).isTrue();
            }
            assertThat(store.list(new ObjectId(0, 0), 1_000)).isEmpty();
        }
    }

    @Test
    void aLostOrBrokenIndexIsMadeAnewFromTheContainers() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            for (int number = 1; number <= 300; number++) {
                put(store, id(number), 100);
            }
            assertThat(store.delete(id(300))).isTrue();
        }
        List<NeedleHead> before = all();
        try (var files = Files.list(directory.resolve("index"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".xd")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                Arrays.fill(bytes, (byte) 0x5a);
                Files.write(file, bytes);
            }
        }
        assertThat(all()).isEqualTo(before).hasSize(299);
    }

    private List<NeedleHead> all() throws IOException {
        try (ObjectStore store = ObjectStore.open(config(directory))) {
            return store.list(new ObjectId(0, 0), 10_000);
        }
    }
}
