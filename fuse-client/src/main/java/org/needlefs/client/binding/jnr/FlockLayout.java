package org.needlefs.client.binding.jnr;

import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.needlefs.client.vfs.lock.FileLock;
import org.needlefs.client.vfs.lock.LockMode;
import org.needlefs.client.vfs.lock.LockRange;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import ru.serce.jnrfuse.struct.Flock;

/** Fields of {@code struct flock}, by the struct's address: jnr-fuse's {@link Flock} knows where they are. */
final class FlockLayout {
    private static final int READ = Flock.F_RDLCK;
    private static final int WRITE = Flock.F_WRLCK;
    private static final int UNLOCK = Flock.F_UNLCK;

    private static final Flock FLOCK = Flock.of(Pointer.wrap(Runtime.getSystemRuntime(), 0));
    private static final long TYPE = FLOCK.l_type.offset();
    private static final long WHENCE = FLOCK.l_whence.offset();
    private static final long START = FLOCK.l_start.offset();
    private static final long LENGTH = FLOCK.l_len.offset();
    private static final long PROCESS = FLOCK.l_pid.offset();

    private FlockLayout() {}

    static boolean unlocks(long flock) {
        return Memory.readShort(flock + TYPE) == UNLOCK;
    }

    /** libfuse counts from the start of the file always. */
    static LockRange range(long flock) {
        long first = Memory.readLong(flock + START);
        long length = Memory.readLong(flock + LENGTH);
        return new LockRange(first, length == 0 ? LockRange.END_OF_FILE : first + length - 1);
    }

    static FileLock lock(long flock, long owner) throws FsException {
        LockMode mode = switch (Memory.readShort(flock + TYPE)) {
            case READ -> LockMode.SHARED;
            case WRITE -> LockMode.EXCLUSIVE;
            default -> throw Errno.EINVAL.because("type %d of a lock", Memory.readShort(flock + TYPE));
        };
        return new FileLock(owner, Memory.readInt(flock + PROCESS), mode, range(flock));
    }

    static void write(long flock, FileLock lock) {
        LockRange range = lock.range();
        boolean toTheEnd = range.lastByte() == LockRange.END_OF_FILE;
        Memory.writeShort(flock + TYPE, lock.mode() == LockMode.SHARED ? READ : WRITE);
        Memory.writeShort(flock + WHENCE, 0);
        Memory.writeLong(flock + START, range.firstByte());
        Memory.writeLong(flock + LENGTH, toTheEnd ? 0 : range.lastByte() - range.firstByte() + 1);
        Memory.writeInt(flock + PROCESS, lock.processId());
    }

    static void writeUnlocked(long flock) {
        Memory.writeShort(flock + TYPE, UNLOCK);
    }
}
