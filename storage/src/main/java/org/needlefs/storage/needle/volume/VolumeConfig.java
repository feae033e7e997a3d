package org.needlefs.storage.needle.volume;

import java.nio.file.Path;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.Disk;

/**
 * @param disk the directory of the containers; nothing else may be in it
 * @param indexDirectory for Xodus; deleted and made anew when it is not to be trusted
 * @param clusterId compared with what the directory says
 * @param newDiskId the id of a directory that has none yet
 * @param segmentSizeBytes of a container
 * @param reserveBytes of the disk that puts leave to deletes and compaction; at least one segment
 * @param indexCacheBytes of Xodus
 * @param indexPendingMax changes that wait in memory
 * @param trustIndex false after a power cut: Xodus may have lost anything
 * @param clockMillis now, milliseconds since 1970
 * @param tombstoneMayGo asked when nothing on this disk needs the tombstone any more
 */
public record VolumeConfig(
        Disk disk,
        Path indexDirectory,
        UUID clusterId,
        UUID newDiskId,
        long segmentSizeBytes,
        long reserveBytes,
        long indexCacheBytes,
        int indexPendingMax,
        boolean trustIndex,
        LongSupplier clockMillis,
        Predicate<ObjectId> tombstoneMayGo) {
    public VolumeConfig {
        Check.that(reserveBytes >= segmentSizeBytes, "a reserve of %d bytes is less than a segment", reserveBytes);
        Check.that(indexPendingMax >= 4, "%d changes in memory", indexPendingMax);
    }
}
