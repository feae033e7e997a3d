package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.util.Optional;
import org.needlefs.client.vfs.lock.FileLock;
import org.needlefs.client.vfs.lock.LockFamily;
import org.needlefs.client.vfs.lock.LockMode;
import org.needlefs.client.vfs.lock.LockRange;
import org.needlefs.client.vfs.lock.Locks;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import ru.serce.jnrfuse.struct.Flock;

/** Requests for advisory locks. Threading: any. */
final class LockHandlers {
    // sys/file.h
    private static final int LOCK_NB = 4;

    private final Locks locks;
    private final LockWaits waits;
    private final LockOwners owners = new LockOwners();

    LockHandlers(Locks locks, LockWaits waits) {
        this.locks = locks;
        this.waits = waits;
    }

    void addTo(OperationTable table) {
        table.set(Slot.GETLK, this::test);
        table.set(Slot.SETLK, this::lock);
        table.set(Slot.FLOCK, this::flock);
    }

    /** A close(2) gives up the record locks of the process that closes: POSIX has it so. */
    void flushed(Inode inode, long owner) {
        locks.unlock(LockFamily.RECORD, inode, owner, LockRange.ALL);
    }

    /** The last descriptor of an open file is gone, and the locks with it that belong to the open file. */
    void released(Inode inode, long fileInfo) {
        if (FileInfo.releasesFlock(fileInfo)) {
            locks.unlock(LockFamily.WHOLE_FILE, inode, FileInfo.lockOwner(fileInfo), LockRange.ALL);
        }
        // The kernel tells of no close that ends an open file description's record locks (F_OFD_SETLK).
        for (long owner : owners.remove(FileInfo.handle(fileInfo))) {
            locks.unlock(LockFamily.RECORD, inode, owner, LockRange.ALL);
        }
    }

    private void test(Call call) throws IOException {
        long flock = call.address(3);
        FileLock wanted = FlockLayout.lock(flock, FileInfo.lockOwner(call.address(2)));
        Optional<FileLock> conflict = locks.conflict(LockFamily.RECORD, call.inode(1), wanted);
        conflict.ifPresentOrElse(held -> FlockLayout.write(flock, held), () -> FlockLayout.writeUnlocked(flock));
        call.lock(flock);
    }

    private void lock(Call call) throws IOException {
        long flock = call.address(3);
        long owner = FileInfo.lockOwner(call.address(2));
        if (FlockLayout.unlocks(flock)) {
            locks.unlock(LockFamily.RECORD, call.inode(1), owner, FlockLayout.range(flock));
            call.done();
            return;
        }
        owners.add(FileInfo.handle(call.address(2)), owner);
        take(call, LockFamily.RECORD, FlockLayout.lock(flock, owner), call.integer(4) != 0);
    }

    private void flock(Call call) throws IOException {
        long owner = FileInfo.lockOwner(call.address(2));
        int operation = call.integer(3);
        switch (operation & ~LOCK_NB) {
            case Flock.LOCK_UN -> {
                locks.unlock(LockFamily.WHOLE_FILE, call.inode(1), owner, LockRange.ALL);
                call.done();
            }
            case Flock.LOCK_SH -> takeAll(call, owner, LockMode.SHARED, (operation & LOCK_NB) == 0);
            case Flock.LOCK_EX -> takeAll(call, owner, LockMode.EXCLUSIVE, (operation & LOCK_NB) == 0);
            default -> throw Errno.EINVAL.because("flock operation %d", operation);
        }
    }

    private void takeAll(Call call, long owner, LockMode mode, boolean wait) throws IOException {
        take(call, LockFamily.WHOLE_FILE, new FileLock(owner, call.caller().processId(), mode, LockRange.ALL), wait);
    }

    private void take(Call call, LockFamily family, FileLock wanted, boolean wait) throws IOException {
        Inode inode = call.inode(1);
        try {
            locks.lock(family, inode, wanted);
        } catch (FsException refused) {
            if (refused.errno() != Errno.EAGAIN || !wait) {
                throw refused;
            }
            waits.start(call, () -> locks.lockWaiting(family, inode, wanted));
            return;
        }
        call.done();
    }
}
