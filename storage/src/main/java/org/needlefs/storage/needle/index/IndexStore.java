package org.needlefs.storage.needle.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;

/**
 * The index as it is in Xodus. Survives the death of the process, promises nothing after a power cut.
 * Bound: Xodus keeps at most {@code cacheBytes} of pages in memory. Threading: any number of readers, one writer.
 * Throws {@link CorruptDataException} for whatever Xodus or a checksum does not like: the cure is to make the index anew.
 */
final class IndexStore implements Closeable {
    /** Pages that a random look-up has to read; Xodus's own default of 64 KiB costs three times as much when cold. */
    private static final int PAGE_SIZE_BYTES = 16 * 1024;

    private static final long FILE_SIZE_KIB = 8 * 1024;

    private final Environment environment;
    private final Store needles;
    private final Store dead;
    private final Store segments;
    private final Store state;

    /** Owned by the one writer. */
    private long lastBatch;

    /** Set by the constructor. */
    private long seenAtOpen;

    /** Changed by the one writer, read by any. */
    private volatile long watermark;

    private IndexStore(Environment environment) throws CorruptDataException {
        this.environment = environment;
        this.needles = open("needles", StoreConfig.WITHOUT_DUPLICATES);
        this.dead = open("dead", StoreConfig.WITHOUT_DUPLICATES);
        this.segments = open("segments", StoreConfig.WITHOUT_DUPLICATES);
        this.state = open("state", StoreConfig.WITHOUT_DUPLICATES);
        ByteIterable written =
                environment.computeInReadonlyTransaction(transaction -> state.get(transaction, IndexFormat.STATE_KEY));
        if (written == null) {
            return;
        }
        long[] numbers = IndexFormat.numbers(IndexFormat.STATE_KEY, written);
        if (numbers.length != 4 || numbers[0] != IndexFormat.VERSION) {
            throw new CorruptDataException("the index has an unknown format");
        }
        this.watermark = numbers[1];
        this.seenAtOpen = numbers[2];
        this.lastBatch = numbers[3];
    }

    static IndexStore open(Path directory, long cacheBytes) throws IOException {
        Files.createDirectories(directory);
        try {
            Environment environment = Environments.newInstance(directory.toFile(), settings(cacheBytes));
            try {
                return new IndexStore(environment);
            } catch (CorruptDataException | ExodusException bad) {
                environment.close();
                throw bad;
            }
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index in " + directory + " cannot be opened: " + bad.getMessage(), bad);
        }
    }

    private static EnvironmentConfig settings(long cacheBytes) {
        return new EnvironmentConfig()
                .setMemoryUsage(cacheBytes)
                .setLogCacheShared(false)
                .setLogCachePageSize(PAGE_SIZE_BYTES)
                .setLogCacheUseNio(false)
                .setLogCacheUseSoftReferences(false)
                .setLogCacheOpenFilesCount(64)
                .setLogFileSize(FILE_SIZE_KIB)
                .setLogDurableWrite(false)
                // Never sync: the containers are the truth, and a sync would only compete with theirs.
                .setLogSyncPeriod(Long.MAX_VALUE / 2)
                .setLogLockTimeout(0)
                .setLogAllowRamDisk(true)
                .setLogAllowRemote(true)
                .setLogAllowRemovable(true)
                .setEnvCloseForcedly(true)
                .setEnvGatherStatistics(false)
                .setEnvStoreGetCacheSize(0)
                .setGcMinUtilization(50)
                .setGcFilesDeletionDelay(100)
                .setGcStartIn(10_000)
                .setManagementEnabled(false);
    }

    private Store open(String name, StoreConfig config) {
        return environment.computeInTransaction(transaction -> environment.openStore(name, config, transaction));
    }

    /** All records up to this sequence are in the index. */
    long watermark() {
        return watermark;
    }

    /** Records behind this one had no part in any batch before this open; those up to the watermark surely had. */
    long seenAtOpen() {
        return seenAtOpen;
    }

    Optional<IndexEntry> find(ObjectId id) throws CorruptDataException {
        ByteIterable key = IndexFormat.key(id);
        Transaction transaction = environment.beginReadonlyTransaction();
        try {
            ByteIterable value = needles.get(transaction, key);
            return value == null ? Optional.empty() : Optional.of(IndexFormat.entry(key, value));
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index does not give object " + id, bad);
        } finally {
            transaction.abort();
        }
    }

    /** Up to {@code max} entries with ids from {@code from} on, in order. */
    List<IndexEntry> list(ObjectId from, int max) throws CorruptDataException {
        List<IndexEntry> entries = new ArrayList<>();
        Transaction transaction = environment.beginReadonlyTransaction();
        try (Cursor cursor = needles.openCursor(transaction)) {
            boolean found = cursor.getSearchKeyRange(IndexFormat.key(from)) != null;
            while (found && entries.size() < max) {
                entries.add(IndexFormat.entry(cursor.getKey(), cursor.getValue()));
                found = cursor.getNext();
            }
            return entries;
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index cannot be listed from object " + from, bad);
        } finally {
            transaction.abort();
        }
    }

    Optional<ObjectId> highest() throws CorruptDataException {
        Transaction transaction = environment.beginReadonlyTransaction();
        try (Cursor cursor = needles.openCursor(transaction)) {
            return cursor.getLast() ? Optional.of(IndexFormat.objectId(cursor.getKey())) : Optional.empty();
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index does not give its last object", bad);
        } finally {
            transaction.abort();
        }
    }

    Map<Long, SegmentUsage> usages() throws CorruptDataException {
        Map<Long, SegmentUsage> usages = new TreeMap<>();
        Transaction transaction = environment.beginReadonlyTransaction();
        try (Cursor cursor = segments.openCursor(transaction)) {
            while (cursor.getNext()) {
                long[] numbers = IndexFormat.numbers(cursor.getKey(), cursor.getValue());
                if (numbers.length != 5) {
                    throw new CorruptDataException("the index has a segment of an unknown format");
                }
                usages.put(
                        IndexFormat.firstLong(cursor.getKey()),
                        new SegmentUsage(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
            }
            return usages;
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index does not give its segments", bad);
        } finally {
            transaction.abort();
        }
    }

    /** Offsets of the dead records of a segment, as one array a batch. */
    List<long[]> deadOffsets(long segment) throws CorruptDataException {
        List<long[]> offsets = new ArrayList<>();
        Transaction transaction = environment.beginReadonlyTransaction();
        try (Cursor cursor = dead.openCursor(transaction)) {
            boolean found = cursor.getSearchKeyRange(IndexFormat.key(segment, 0)) != null;
            while (found && IndexFormat.firstLong(cursor.getKey()) == segment) {
                offsets.add(IndexFormat.numbers(cursor.getKey(), cursor.getValue()));
                found = cursor.getNext();
            }
            return offsets;
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index does not give the dead records of segment " + segment, bad);
        } finally {
            transaction.abort();
        }
    }

    /** Writes all of the batch or nothing. */
    void write(IndexBatch batch) throws CorruptDataException {
        long number = lastBatch + 1;
        try {
            environment.executeInExclusiveTransaction(transaction -> write(transaction, batch, number));
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index cannot be written", bad);
        }
        lastBatch = number;
        watermark = batch.watermark();
    }

    private void write(Transaction transaction, IndexBatch batch, long number) {
        batch.entries().forEach((id, entry) -> {
            ByteIterable key = IndexFormat.key(id);
            if (entry.isEmpty()) {
                needles.delete(transaction, key);
                return;
            }
            needles.put(transaction, key, IndexFormat.value(key, entry.get()));
        });
        batch.deadOffsets().forEach((segment, offsets) -> {
            ByteIterable key = IndexFormat.key(segment, number);
            dead.put(transaction, key, IndexFormat.value(key, offsets));
        });
        batch.usages().forEach((segment, usage) -> {
            ByteIterable key = IndexFormat.key(segment);
            segments.put(
                    transaction,
                    key,
                    IndexFormat.value(
                            key,
                            usage.deadBytes(),
                            usage.deadCount(),
                            usage.tombstoneBytes(),
                            usage.killedLowest(),
                            usage.killedHighest()));
        });
        for (long segment : batch.removedSegments()) {
            removeSegment(transaction, segment);
        }
        ByteIterable numbers =
                IndexFormat.value(IndexFormat.STATE_KEY, IndexFormat.VERSION, batch.watermark(), batch.seen(), number);
        state.put(transaction, IndexFormat.STATE_KEY, numbers);
    }

    private void removeSegment(Transaction transaction, long segment) {
        segments.delete(transaction, IndexFormat.key(segment));
        try (Cursor cursor = dead.openCursor(transaction)) {
            boolean found = cursor.getSearchKeyRange(IndexFormat.key(segment, 0)) != null;
            while (found && IndexFormat.firstLong(cursor.getKey()) == segment) {
                cursor.deleteCurrent();
                found = cursor.getNext();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            environment.close();
        } catch (ExodusException bad) {
            throw new CorruptDataException("the index cannot be closed", bad);
        }
    }
}
