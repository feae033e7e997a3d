package org.needlefs.client.vfs.lock;

/**
 * A lock that is held or wanted.
 *
 * @param owner who holds it, as the kernel numbers owners: threads of a process share one
 * @param processId of the holder, for {@code F_GETLK}
 */
public record FileLock(long owner, int processId, LockMode mode, LockRange range) {
    boolean conflictsWith(FileLock other) {
        return owner != other.owner && mode.excludes(other.mode) && range.overlaps(other.range);
    }

    FileLock withRange(LockRange other) {
        return new FileLock(owner, processId, mode, other);
    }
}
