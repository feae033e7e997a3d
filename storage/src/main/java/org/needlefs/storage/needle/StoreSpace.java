package org.needlefs.storage.needle;

/**
 * How a store's disks are used. Directories on one and the same disk each count all of it.
 *
 * @param liveBytes in containers that are needed
 * @param garbageBytes in containers that compaction gives back
 * @param freeBytes on the disks, and not used yet in the containers
 * @param reserveBytes of the free ones that only deletes and compaction may use
 * @param availableBytes that can still be put before {@link org.needlefs.storage.OutOfSpaceException}
 */
public record StoreSpace(
        long totalBytes, long liveBytes, long garbageBytes, long freeBytes, long reserveBytes, long availableBytes) {
    static final StoreSpace NONE = new StoreSpace(0, 0, 0, 0, 0, 0);

    StoreSpace plus(StoreSpace other) {
        return new StoreSpace(
                totalBytes + other.totalBytes,
                liveBytes + other.liveBytes,
                garbageBytes + other.garbageBytes,
                freeBytes + other.freeBytes,
                reserveBytes + other.reserveBytes,
                availableBytes + other.availableBytes);
    }
}
