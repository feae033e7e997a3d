package org.needlefs.cluster.namespace;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.BitSet;

/** Numbers the commands of a session and knows below which all are answered. Bound: {@link #COUNT_MAX} under way. */
final class CommandWindow {
    static final int COUNT_MAX = 4096;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final BitSet answered = new BitSet(COUNT_MAX);

    @GuardedBy("lock")
    private long next = 1;

    @GuardedBy("lock")
    private long answeredBelow = 1;

    /** The next sequence; waits while too many are under way. */
    long take() {
        synchronized (lock) {
            boolean interrupted = false;
            while (next - answeredBelow >= COUNT_MAX) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return next++;
        }
    }

    void answered(long sequence) {
        synchronized (lock) {
            answered.set((int) (sequence % COUNT_MAX));
            boolean full = next - answeredBelow >= COUNT_MAX;
            while (answeredBelow < next && answered.get((int) (answeredBelow % COUNT_MAX))) {
                answered.clear((int) (answeredBelow % COUNT_MAX));
                answeredBelow++;
            }
            if (full) {
                lock.notifyAll();
            }
        }
    }

    long answeredBelow() {
        synchronized (lock) {
            return answeredBelow;
        }
    }
}
