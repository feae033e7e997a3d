package org.needlefs.storage.needle.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Slows background work down to a rate, holds it while it is suspended, and tells it to stop. Work asks before each piece.
 * Threading: any.
 */
public final class Throttle {
    private static final long UNLIMITED = Long.MAX_VALUE;

    /** Work that slept for long may catch up at most this much. */
    private static final long BURST_NANOS = 100_000_000;

    @GuardedBy("this")
    private long bytesPerSecond = UNLIMITED;

    @GuardedBy("this")
    private boolean suspended;

    @GuardedBy("this")
    private boolean stopped;

    /** When the work that was allowed so far is done at the wanted rate. */
    @GuardedBy("this")
    private long paidUntilNanos = System.nanoTime();

    /** @param bytesPerSecondMax 0 for as fast as it goes */
    public synchronized void limit(long bytesPerSecondMax) {
        bytesPerSecond = bytesPerSecondMax <= 0 ? UNLIMITED : bytesPerSecondMax;
        paidUntilNanos = System.nanoTime();
        notifyAll();
    }

    public synchronized void suspend() {
        suspended = true;
    }

    public synchronized void resume() {
        suspended = false;
        notifyAll();
    }

    public synchronized boolean suspended() {
        return suspended;
    }

    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    public synchronized boolean stopped() {
        return stopped;
    }

    /** Waits until so many bytes may be worked on. False: stop working. */
    synchronized boolean allow(long sizeBytes) {
        while (!stopped) {
            long now = System.nanoTime();
            if (suspended) {
                await(0);
                continue;
            }
            if (bytesPerSecond == UNLIMITED) {
                return true;
            }
            paidUntilNanos = Math.max(paidUntilNanos, now - BURST_NANOS);
            long waitNanos = paidUntilNanos - now;
            if (waitNanos <= 0) {
                paidUntilNanos += (long) (sizeBytes * 1e9 / bytesPerSecond);
                return true;
            }
            await(waitNanos / 1_000_000 + 1);
        }
        return false;
    }

    /** The caller loops. */
    @SuppressWarnings("WaitNotInLoop")
    @GuardedBy("this")
    private void await(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException ignored) {
            // Background threads are told to stop by a flag; an interrupt has no other meaning here.
            stopped = true;
        }
    }
}
