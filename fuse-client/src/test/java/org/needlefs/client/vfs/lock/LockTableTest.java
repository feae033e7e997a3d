package org.needlefs.client.vfs.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;

final class LockTableTest {
    private static final Inode INODE = new Inode(7);
    private static final Inode OTHER = new Inode(8);

    private final LockTable table = new LockTable(10, 2);

    @Test
    void whatReachesBehindEveryEndConflictsThere() throws FsException {
        table.lock(LockFamily.RECORD, INODE, exclusive(1, 100, LockRange.END_OF_FILE));
        assertThat(table.conflict(LockFamily.RECORD, INODE, exclusive(2, 1L << 60, 1L << 60)))
                .contains(exclusive(1, 100, LockRange.END_OF_FILE));
        assertThat(table.conflict(LockFamily.RECORD, INODE, exclusive(2, 0, 99)))
                .isEmpty();
    }

    @Test
    void theTwoFamiliesAndTwoFilesDoNotSeeEachOther() throws FsException {
        table.lock(LockFamily.RECORD, INODE, exclusive(1, 0, LockRange.END_OF_FILE));
        table.lock(LockFamily.WHOLE_FILE, INODE, exclusive(2, 0, LockRange.END_OF_FILE));
        table.lock(LockFamily.RECORD, OTHER, exclusive(3, 0, LockRange.END_OF_FILE));
        assertThat(table.lockCount()).isEqualTo(3);
    }

    @Test
    void aWaitEndsWhenTheLockIsGivenUp() throws Exception {
        table.lock(LockFamily.RECORD, INODE, exclusive(1, 0, 9));
        FutureTask<Optional<Errno>> waiting = waiting(LockFamily.RECORD, INODE, exclusive(2, 5, 5), 1);
        table.unlock(LockFamily.RECORD, INODE, 1, new LockRange(0, 4));
        assertThat(table.waiterCount()).isEqualTo(1);
        table.unlock(LockFamily.RECORD, INODE, 1, new LockRange(5, 5));
        assertThat(waiting.get()).isEmpty();
        assertThat(table.waiterCount()).isZero();
    }

    @Test
    void aWaitThatWouldCloseACircleIsRefused() throws Exception {
        table.lock(LockFamily.RECORD, INODE, exclusive(1, 0, 0));
        table.lock(LockFamily.RECORD, OTHER, exclusive(2, 0, 0));
        FutureTask<Optional<Errno>> waiting = waiting(LockFamily.RECORD, OTHER, exclusive(1, 0, 0), 1);
        assertThat(refusal(() -> table.lockWaiting(LockFamily.RECORD, INODE, exclusive(2, 0, 0))))
                .contains(Errno.EDEADLK);
        table.unlock(LockFamily.RECORD, OTHER, 2, LockRange.ALL);
        assertThat(waiting.get()).isEmpty();
    }

    @Test
    void anInterruptedWaitEndsAndHoldsNothing() throws Exception {
        table.lock(LockFamily.RECORD, INODE, exclusive(1, 0, 0));
        FutureTask<Optional<Errno>> waiting =
                new FutureTask<>(() -> refusal(() -> table.lockWaiting(LockFamily.RECORD, INODE, exclusive(2, 0, 0))));
        Thread thread = Thread.ofVirtual().start(waiting);
        awaitWaiters(1);
        thread.interrupt();
        assertThat(waiting.get()).contains(Errno.EINTR);
        assertThat(table.lockCount()).isEqualTo(1);
        assertThat(table.waiterCount()).isZero();
    }

    @Test
    void twoThatUpgradeAWholeFileLockDoNotBlockEachOther() throws Exception {
        table.lock(LockFamily.WHOLE_FILE, INODE, shared(1));
        table.lock(LockFamily.WHOLE_FILE, INODE, shared(2));
        FutureTask<Optional<Errno>> first =
                waiting(LockFamily.WHOLE_FILE, INODE, exclusive(1, 0, LockRange.END_OF_FILE), 1);
        // The second lets its own lock go, so one of the two has what it waits for.
        FutureTask<Optional<Errno>> second = new FutureTask<>(() ->
                refusal(() -> table.lockWaiting(LockFamily.WHOLE_FILE, INODE, exclusive(2, 0, LockRange.END_OF_FILE))));
        Thread ignored = Thread.ofVirtual().start(second);
        while (!first.isDone() && !second.isDone()) {
            Thread.onSpinWait();
        }
        table.unlock(LockFamily.WHOLE_FILE, INODE, first.isDone() ? 1 : 2, LockRange.ALL);
        assertThat(first.get()).isEmpty();
        assertThat(second.get()).isEmpty();
    }

    @Test
    void moreLocksOrWaitsThanTheBoundsAreRefused() throws Exception {
        for (int number = 0; number < 9; number++) {
            table.lock(LockFamily.RECORD, INODE, exclusive(1, number * 2L, number * 2L));
        }
        assertThat(refusal(() -> table.lock(LockFamily.RECORD, OTHER, exclusive(1, 0, 0))))
                .contains(Errno.ENOLCK);
        FutureTask<Optional<Errno>> first = waiting(LockFamily.RECORD, INODE, exclusive(2, 0, 0), 1);
        FutureTask<Optional<Errno>> second = waiting(LockFamily.RECORD, INODE, exclusive(3, 0, 0), 2);
        assertThat(refusal(() -> table.lockWaiting(LockFamily.RECORD, INODE, exclusive(4, 0, 0))))
                .contains(Errno.ENOLCK);
        table.unlock(LockFamily.RECORD, INODE, 1, LockRange.ALL);
        assertThat(first.get()).isEmpty();
        table.unlock(LockFamily.RECORD, INODE, 2, LockRange.ALL);
        assertThat(second.get()).isEmpty();
    }

    private FutureTask<Optional<Errno>> waiting(LockFamily family, Inode inode, FileLock wanted, int waiterCount) {
        FutureTask<Optional<Errno>> task =
                new FutureTask<>(() -> refusal(() -> table.lockWaiting(family, inode, wanted)));
        Thread ignored = Thread.ofVirtual().start(task);
        awaitWaiters(waiterCount);
        return task;
    }

    private interface Attempt {
        void run() throws FsException;
    }

    /** The errno that {@code attempt} was refused with; empty if it was not. */
    private static Optional<Errno> refusal(Attempt attempt) {
        try {
            attempt.run();
            return Optional.empty();
        } catch (FsException refused) {
            return Optional.of(refused.errno());
        }
    }

    private static FileLock exclusive(long owner, long firstByte, long lastByte) {
        return new FileLock(owner, (int) owner, LockMode.EXCLUSIVE, new LockRange(firstByte, lastByte));
    }

    private static FileLock shared(long owner) {
        return new FileLock(owner, (int) owner, LockMode.SHARED, LockRange.ALL);
    }

    private void awaitWaiters(int count) {
        while (table.waiterCount() < count) {
            Thread.onSpinWait();
        }
    }
}
