package org.needlefs.storage.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.storage.Check;

/**
 * Makes one sync serve all who wait: the first caller leads and syncs for everybody who came before it started, those
 * who come meanwhile share the next one. After a failed sync nothing is durable any more and every call fails, because
 * the kernel may have dropped the pages and would report a later sync of them as done. Threading: any.
 */
final class GroupCommit {
    /** Makes all that was appended before the call durable; calls {@link #poison} if a sync fails. */
    interface Sync {
        /** Returns the last sequence that this covers. */
        long run() throws IOException;
    }

    private final Sync sync;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition finished = lock.newCondition();

    @GuardedBy("lock")
    private boolean syncing;

    private volatile long durableSequence;
    private volatile Optional<IOException> failure = Optional.empty();

    GroupCommit(Sync sync, long durableSequence) {
        this.sync = sync;
        this.durableSequence = durableSequence;
    }

    long durableSequence() {
        return durableSequence;
    }

    /** Returns once {@code sequence} is durable. */
    void await(long sequence) throws IOException {
        if (durableSequence < sequence && lead(sequence)) {
            run(sync);
        }
    }

    /**
     * Runs another sync while no other is under way: the kernel reports a failed one to a single caller, so two at once
     * on one file could let the second believe that all went well.
     */
    void runAlone(Sync other) throws IOException {
        boolean leads = lead(Long.MAX_VALUE);
        Check.that(leads, "all sequences there can be are durable");
        run(other);
    }

    /** Waits for the sync under way; true if the caller must run the next one, false if it is served. */
    private boolean lead(long sequence) throws IOException {
        lock.lock();
        try {
            while (syncing && durableSequence < sequence && failure.isEmpty()) {
                finished.awaitUninterruptibly();
            }
            if (durableSequence >= sequence) {
                return false;
            }
            throwIfFailed();
            syncing = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run(Sync leading) throws IOException {
        try {
            long covered = leading.run();
            lock.lock();
            try {
                throwIfFailed();
                durableSequence = Math.max(durableSequence, covered);
            } finally {
                lock.unlock();
            }
        } finally {
            lock.lock();
            try {
                syncing = false;
                finished.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** From now on everything fails because of {@code cause}; returns what to throw. */
    IOException poison(IOException cause) {
        lock.lock();
        try {
            if (failure.isEmpty()) {
                failure = Optional.of(cause);
            }
            finished.signalAll();
        } finally {
            lock.unlock();
        }
        return failed(cause);
    }

    boolean poisoned() {
        return failure.isPresent();
    }

    void throwIfFailed() throws IOException {
        Optional<IOException> cause = failure;
        if (cause.isPresent()) {
            throw failed(cause.get());
        }
    }

    private static IOException failed(IOException cause) {
        return new IOException("the log takes no more records, a sync failed: " + cause.getMessage(), cause);
    }
}
