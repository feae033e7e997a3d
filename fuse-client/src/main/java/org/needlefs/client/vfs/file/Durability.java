package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.object.ObjectClient;

/**
 * Knows what of this mount's changes is on stable media, so that a sync with nothing new costs nothing.
 * Guarantee: once {@link #sync} returned, every change numbered up to its argument, and every object put before those
 * changes were numbered, survives a power cut. Threading: any; the stores below share one fdatasync among many callers.
 */
public final class Durability {
    private final FileSystem fileSystem;
    private final ObjectClient objects;

    /** Counted up after a change has happened. */
    private final AtomicLong changes = new AtomicLong();

    private final AtomicLong puts = new AtomicLong();
    private final AtomicLong durableChanges = new AtomicLong();
    private final AtomicLong durablePuts = new AtomicLong();

    /** The last change of a name: no file knows all its names, so it counts for each. */
    private final AtomicLong lastNameChange = new AtomicLong();

    public Durability(FileSystem fileSystem, ObjectClient objects) {
        this.fileSystem = fileSystem;
        this.objects = objects;
    }

    public void objectPut() {
        puts.incrementAndGet();
    }

    /** Numbers a change that has happened. */
    public long changed() {
        return changes.incrementAndGet();
    }

    public long nameChanged() {
        long change = changes.incrementAndGet();
        lastNameChange.accumulateAndGet(change, Math::max);
        return change;
    }

    public long lastChange() {
        return changes.get();
    }

    public long lastNameChange() {
        return lastNameChange.get();
    }

    public void sync(long change) throws IOException {
        if (durableChanges.get() >= change) {
            return;
        }
        // In this order: the objects of all these changes are among these puts.
        long changeCount = changes.get();
        long putCount = puts.get();
        if (durablePuts.get() < putCount) {
            objects.sync(); // Data before the metadata that names it.
            durablePuts.accumulateAndGet(putCount, Math::max);
        }
        fileSystem.sync();
        durableChanges.accumulateAndGet(changeCount, Math::max);
    }

    /** Everything that happened so far, whoever did it. */
    public void syncAll() throws IOException {
        sync(changes.incrementAndGet());
    }
}
