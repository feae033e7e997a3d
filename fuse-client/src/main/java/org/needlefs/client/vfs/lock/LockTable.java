package org.needlefs.client.vfs.lock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;

/**
 * The advisory locks of a filesystem that only this process uses.
 *
 * <p>Guarantee: no two conflicting locks are ever held; a wait ends when the lock is free, with EINTR, or at once with
 * EDEADLK where record locks would wait for each other in a circle. Whoever waits longest tries first.
 * Bounds: {@code lockCountMax} locks and {@code waiterCountMax} waits, more are refused with ENOLCK.
 */
public final class LockTable implements Locks {
    public static final int LOCK_COUNT_MAX_DEFAULT = 100_000;
    public static final int WAITER_COUNT_MAX_DEFAULT = 1_000;

    private record Key(LockFamily family, Inode inode) {}

    /** Somebody who waits. */
    private record Waiter(Key key, FileLock wanted, Condition freed) {}

    private final int lockCountMax;
    private final int waiterCountMax;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Key, FileLocks> files = new HashMap<>();

    /** In the order in which they came. */
    @GuardedBy("lock")
    private final List<Waiter> waiters = new ArrayList<>();

    @GuardedBy("lock")
    private int lockCount;

    public LockTable(int lockCountMax, int waiterCountMax) {
        this.lockCountMax = lockCountMax;
        this.waiterCountMax = waiterCountMax;
    }

    @Override
    public void lock(LockFamily family, Inode inode, FileLock wanted) throws FsException {
        lock.lock();
        try {
            Key key = new Key(family, inode);
            letGoBefore(key, wanted);
            if (!tryAdd(key, wanted)) {
                throw Errno.EAGAIN.because("inode %s is locked by another", inode);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lockWaiting(LockFamily family, Inode inode, FileLock wanted) throws FsException {
        lock.lock();
        try {
            Key key = new Key(family, inode);
            letGoBefore(key, wanted);
            if (!tryAdd(key, wanted)) {
                await(new Waiter(key, wanted, lock.newCondition()));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<FileLock> conflict(LockFamily family, Inode inode, FileLock wanted) {
        lock.lock();
        try {
            FileLocks locks = files.get(new Key(family, inode));
            return locks == null ? Optional.empty() : locks.conflict(wanted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unlock(LockFamily family, Inode inode, long owner, LockRange range) {
        lock.lock();
        try {
            remove(new Key(family, inode), owner, range);
        } finally {
            lock.unlock();
        }
    }

    /** Locks that are held. */
    public int lockCount() {
        lock.lock();
        try {
            return lockCount;
        } finally {
            lock.unlock();
        }
    }

    /** Calls of {@link #lockWaiting} that wait. */
    public int waiterCount() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void await(Waiter waiter) throws FsException {
        if (waiters.size() >= waiterCountMax) {
            throw Errno.ENOLCK.because("%d calls wait for locks already", waiterCountMax);
        }
        waiters.add(waiter);
        try {
            do {
                refuseDeadlock(waiter);
                waiter.freed.await();
            } while (!tryAdd(waiter.key, waiter.wanted));
        } catch (InterruptedException interrupted) {
            throw Errno.EINTR.because("interrupted while waiting for a lock on inode %s", waiter.key.inode);
        } finally {
            waiters.remove(waiter);
        }
    }

    @GuardedBy("lock")
    private void letGoBefore(Key key, FileLock wanted) {
        if (key.family == LockFamily.WHOLE_FILE) {
            remove(key, wanted.owner(), wanted.range());
        }
    }

    /** False if another is in the way. */
    @GuardedBy("lock")
    private boolean tryAdd(Key key, FileLock wanted) throws FsException {
        FileLocks locks = files.getOrDefault(key, new FileLocks());
        if (locks.conflict(wanted).isPresent()) {
            return false;
        }
        // Taking a lock out of the middle of another makes two more of it.
        if (lockCount + 2 > lockCountMax) {
            throw Errno.ENOLCK.because("there are %d locks already", lockCount);
        }
        int before = locks.count();
        locks.add(wanted);
        lockCount += locks.count() - before;
        files.put(key, locks);
        // A lock that became weaker may be what somebody waits for.
        wake(key);
        return true;
    }

    @GuardedBy("lock")
    private void remove(Key key, long owner, LockRange range) {
        FileLocks locks = files.get(key);
        if (locks == null) {
            return;
        }
        int before = locks.count();
        if (!locks.remove(owner, range)) {
            return;
        }
        lockCount += locks.count() - before;
        if (locks.count() == 0) {
            files.remove(key);
        }
        wake(key);
    }

    @GuardedBy("lock")
    private void wake(Key key) {
        for (Waiter waiter : waiters) {
            if (waiter.key.equals(key)) {
                waiter.freed.signal();
            }
        }
    }

    /** Follows who waits for whom from {@code waiter} on: a way back to its owner would never end. */
    @GuardedBy("lock")
    private void refuseDeadlock(Waiter waiter) throws FsException {
        if (waiter.key.family != LockFamily.RECORD) {
            return;
        }
        Set<Long> seen = new HashSet<>();
        Deque<Waiter> toFollow = new ArrayDeque<>(List.of(waiter));
        while (!toFollow.isEmpty()) {
            Waiter next = toFollow.remove();
            for (FileLock inTheWay :
                    files.getOrDefault(next.key, new FileLocks()).conflicts(next.wanted)) {
                if (inTheWay.owner() == waiter.wanted.owner()) {
                    throw Errno.EDEADLK.because("owners of locks would wait for each other");
                }
                if (seen.add(inTheWay.owner())) {
                    waiters.stream()
                            .filter(other ->
                                    other.wanted.owner() == inTheWay.owner() && other.key.family == LockFamily.RECORD)
                            .forEach(toFollow::add);
                }
            }
        }
    }
}
