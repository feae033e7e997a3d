package org.needlefs.storage.needle.volume;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.needlefs.storage.ObjectId;

/**
 * How a data directory is.
 *
 * @param directory for messages
 * @param failure why it takes no more objects; empty if it does
 * @param liveBytes in containers that are needed, tombstones and headers included
 * @param garbageBytes in containers that compaction would give back
 * @param freeBytes of the disk, and of the newest container
 * @param availableBytes that can still be put
 * @param unsyncedCount records that a power cut could take
 * @param replayedCount records that the index had to be shown when it was opened
 * @param damageCount places in containers found damaged since then; the first 1,000 are {@code damages}
 * @param quarantined objects that are not served
 */
public record VolumeStatus(
        String directory,
        UUID diskId,
        Optional<String> failure,
        long totalBytes,
        long liveBytes,
        long garbageBytes,
        long freeBytes,
        long reserveBytes,
        long availableBytes,
        int segmentCount,
        long unsyncedCount,
        long replayedCount,
        long damageCount,
        List<Damage> damages,
        List<ObjectId> quarantined) {}
