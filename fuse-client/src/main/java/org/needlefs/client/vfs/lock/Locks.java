package org.needlefs.client.vfs.lock;

import java.util.Optional;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;

/** Advisory locks on files. Threading: any. */
public interface Locks {
    /** Takes {@code wanted}, or changes what its owner has there. @throws FsException EAGAIN: another holds it; ENOLCK */
    void lock(LockFamily family, Inode inode, FileLock wanted) throws FsException;

    /**
     * As {@link #lock}, but waits until nobody is in the way.
     *
     * @throws FsException EINTR: the thread was interrupted; EDEADLK; ENOLCK
     */
    void lockWaiting(LockFamily family, Inode inode, FileLock wanted) throws FsException;

    /** A lock that is in the way of {@code wanted}. */
    Optional<FileLock> conflict(LockFamily family, Inode inode, FileLock wanted);

    /** Gives up what {@code owner} holds in {@code range}. */
    void unlock(LockFamily family, Inode inode, long owner, LockRange range);
}
