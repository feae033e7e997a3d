package org.needlefs.client.vfs.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The locks held on one file.
 *
 * <p>Invariant: no two locks of one owner overlap, and two that touch differ in mode. Threading: guarded by its table.
 */
final class FileLocks {
    private final List<FileLock> held = new ArrayList<>();

    Optional<FileLock> conflict(FileLock wanted) {
        return held.stream().filter(lock -> lock.conflictsWith(wanted)).findFirst();
    }

    List<FileLock> conflicts(FileLock wanted) {
        return held.stream().filter(lock -> lock.conflictsWith(wanted)).toList();
    }

    /** Takes {@code wanted}, which conflicts with nothing: what its owner had there is replaced. */
    void add(FileLock wanted) {
        remove(wanted.owner(), wanted.range());
        LockRange range = wanted.range();
        // A range grows only by neighbours, and those of one owner and mode never touch each other: once is enough.
        for (int index = held.size() - 1; index >= 0; index--) {
            FileLock lock = held.get(index);
            if (lock.owner() == wanted.owner()
                    && lock.mode() == wanted.mode()
                    && lock.range().touches(range)) {
                range = range.joined(lock.range());
                held.remove(index);
            }
        }
        held.add(wanted.withRange(range));
    }

    /** Gives up what {@code owner} holds in {@code range}; false if that was nothing. */
    boolean remove(long owner, LockRange range) {
        List<FileLock> rests = new ArrayList<>(2);
        boolean removed = held.removeIf(lock -> {
            if (lock.owner() != owner || !lock.range().overlaps(range)) {
                return false;
            }
            if (lock.range().firstByte() < range.firstByte()) {
                rests.add(lock.withRange(new LockRange(lock.range().firstByte(), range.firstByte() - 1)));
            }
            if (lock.range().lastByte() > range.lastByte()) {
                rests.add(lock.withRange(
                        new LockRange(range.lastByte() + 1, lock.range().lastByte())));
            }
            return true;
        });
        held.addAll(rests);
        return removed;
    }

    int count() {
        return held.size();
    }

    List<FileLock> all() {
        return List.copyOf(held);
    }
}
