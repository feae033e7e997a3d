package org.needlefs.storage.needle;

import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;

/**
 * @param directories at least one, each on a disk of its own; more may be added from one open to the next
 * @param clusterId that the directories belong to
 * @param segmentSizeBytes of a container
 * @param reserveBytes of each disk that only deletes and compaction may use; at least one segment
 * @param indexCacheBytes of Xodus, for each disk
 * @param indexPendingMax index changes that wait in memory, for each disk; about 300 bytes each
 * @param trustIndex false after a power cut: Xodus promises nothing then, so the index is made anew from the containers
 * @param compactionGarbagePercent of a sealed container from which on it is compacted without being told
 * @param compactionByItself false: only when told
 * @param clockMillis now, milliseconds since 1970
 * @param tombstoneMayGo asked when no container of the disk holds the deleted object any more
 */
public record ObjectStoreConfig(
        List<StoreDirectory> directories,
        UUID clusterId,
        long segmentSizeBytes,
        long reserveBytes,
        long indexCacheBytes,
        int indexPendingMax,
        boolean trustIndex,
        int compactionGarbagePercent,
        boolean compactionByItself,
        LongSupplier clockMillis,
        Predicate<ObjectId> tombstoneMayGo) {
    private static final long SEGMENT_SIZE_BYTES = 256L << 20;
    private static final long INDEX_CACHE_BYTES = 32L << 20;
    private static final int INDEX_PENDING_MAX = 64 * 1024;
    private static final int COMPACTION_GARBAGE_PERCENT = 50;

    public ObjectStoreConfig {
        directories = List.copyOf(directories);
        Check.that(!directories.isEmpty(), "an object store without a directory");
        Check.that(reserveBytes >= segmentSizeBytes, "a reserve of %d bytes is less than a segment", reserveBytes);
        Check.that(indexCacheBytes > 0, "an index cache of %d bytes", indexCacheBytes);
        Check.that(
                compactionGarbagePercent >= 1 && compactionGarbagePercent <= 100,
                "compaction from %d percent garbage on",
                compactionGarbagePercent);
    }

    /** The defaults: containers of 256 MiB, a reserve of two. */
    public static ObjectStoreConfig of(List<StoreDirectory> directories, UUID clusterId) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                SEGMENT_SIZE_BYTES,
                2 * SEGMENT_SIZE_BYTES,
                INDEX_CACHE_BYTES,
                INDEX_PENDING_MAX,
                true,
                COMPACTION_GARBAGE_PERCENT,
                true,
                System::currentTimeMillis,
                ignored -> true);
    }

    /** Also sets the reserve, to twice that size. */
    public ObjectStoreConfig withSegmentSizeBytes(long sizeBytes) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                sizeBytes,
                2 * sizeBytes,
                indexCacheBytes,
                indexPendingMax,
                trustIndex,
                compactionGarbagePercent,
                compactionByItself,
                clockMillis,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withReserveBytes(long sizeBytes) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                sizeBytes,
                indexCacheBytes,
                indexPendingMax,
                trustIndex,
                compactionGarbagePercent,
                compactionByItself,
                clockMillis,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withIndex(long cacheBytes, int pendingMax) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                reserveBytes,
                cacheBytes,
                pendingMax,
                trustIndex,
                compactionGarbagePercent,
                compactionByItself,
                clockMillis,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withTrustIndex(boolean trust) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                reserveBytes,
                indexCacheBytes,
                indexPendingMax,
                trust,
                compactionGarbagePercent,
                compactionByItself,
                clockMillis,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withCompaction(boolean byItself, int garbagePercent) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                reserveBytes,
                indexCacheBytes,
                indexPendingMax,
                trustIndex,
                garbagePercent,
                byItself,
                clockMillis,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withClockMillis(LongSupplier clock) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                reserveBytes,
                indexCacheBytes,
                indexPendingMax,
                trustIndex,
                compactionGarbagePercent,
                compactionByItself,
                clock,
                tombstoneMayGo);
    }

    public ObjectStoreConfig withTombstoneMayGo(Predicate<ObjectId> mayGo) {
        return new ObjectStoreConfig(
                directories,
                clusterId,
                segmentSizeBytes,
                reserveBytes,
                indexCacheBytes,
                indexPendingMax,
                trustIndex,
                compactionGarbagePercent,
                compactionByItself,
                clockMillis,
                mayGo);
    }
}
