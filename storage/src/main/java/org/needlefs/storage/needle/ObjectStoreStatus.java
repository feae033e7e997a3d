package org.needlefs.storage.needle;

import java.util.List;
import org.needlefs.storage.needle.volume.VolumeStatus;

/** How a store is, disk by disk. */
public record ObjectStoreStatus(
        List<VolumeStatus> volumes, Compaction.Status compaction, Scrub.Status scrub, boolean nativeDigests) {
    public ObjectStoreStatus {
        volumes = List.copyOf(volumes);
    }
}
