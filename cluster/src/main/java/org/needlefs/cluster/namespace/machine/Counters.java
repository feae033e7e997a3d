package org.needlefs.cluster.namespace.machine;

import java.util.Optional;
import java.util.UUID;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.storage.Check;

/** What the namespace counts, kept apart from the tables because most commands change it. Under the state's lock. */
final class Counters {
    private Optional<Meta> fixed;
    private long nextInode;
    private long nextSession;
    private long inodeCount;
    private long contentBytes;
    private long sharedCount;
    private long garbageCount;

    /** Where the next piece of garbage of the current log record goes. */
    private long garbageIndex;

    private long garbageNumber;

    Counters(Optional<Meta> stored) {
        this.fixed = stored;
        stored.ifPresent(this::take);
    }

    private void take(Meta meta) {
        nextInode = meta.nextInode();
        nextSession = meta.nextSession();
        inodeCount = meta.inodeCount();
        contentBytes = meta.contentBytes();
        sharedCount = meta.sharedCount();
        garbageCount = meta.garbageCount();
    }

    boolean formatted() {
        return fixed.isPresent();
    }

    void format(UUID filesystemId, Geometry geometry) {
        Meta meta = new Meta(filesystemId, geometry, 1, 1, 0, 0, 0, 0);
        fixed = Optional.of(meta);
        take(meta);
    }

    Meta meta() {
        Meta meta = fixed.orElseThrow(() -> new AssertionError("the namespace is not formatted"));
        return new Meta(
                meta.filesystemId(),
                meta.geometry(),
                nextInode,
                nextSession,
                inodeCount,
                contentBytes,
                sharedCount,
                garbageCount);
    }

    Geometry geometry() {
        return fixed.orElseThrow(() -> new AssertionError("the namespace is not formatted"))
                .geometry();
    }

    long newInode() {
        inodeCount++;
        return nextInode++;
    }

    long newSession() {
        return nextSession++;
    }

    void inodeFreed() {
        inodeCount--;
        Check.that(inodeCount >= 0, "more inodes are freed than there were");
    }

    void contentGrew(long bytes) {
        contentBytes += bytes;
        Check.that(contentBytes >= 0, "more content is freed than there was");
    }

    long inodeCount() {
        return inodeCount;
    }

    long contentBytes() {
        return contentBytes;
    }

    long sharedCount() {
        return sharedCount;
    }

    void sharedGrew(long count) {
        sharedCount += count;
    }

    long garbageCount() {
        return garbageCount;
    }

    void garbageGrew(long count) {
        garbageCount += count;
    }

    /** Number of the next piece of garbage that the log record {@code logIndex} makes. */
    long newGarbageNumber(long logIndex) {
        if (garbageIndex != logIndex) {
            garbageIndex = logIndex;
            garbageNumber = 0;
        }
        return garbageNumber++;
    }

    void mend(Mend.Totals totals) {
        inodeCount = totals.inodeCount();
        contentBytes = totals.contentBytes();
        sharedCount = totals.sharedCount();
        garbageCount = totals.garbageCount();
        // Never down: a number that was given out may live on in a client.
        nextInode = Math.max(nextInode, totals.nextInode());
    }
}
