package org.needlefs.storage.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** What the simulated disks of one machine have in common: they lose it at the same moment. Threading: any. */
public final class SimulatedPower {
    @GuardedBy("this")
    private long operationCount;

    @GuardedBy("this")
    private long cutAfter = Long.MAX_VALUE;

    @GuardedBy("this")
    private boolean off;

    /** Cuts the power in the middle of the operation after the next {@code operations}, on whatever disk it is. */
    public synchronized void cutAfter(long operations) {
        cutAfter = operationCount + operations;
    }

    /** Writes, resizes, syncs and changes of names so far: the places where the power can be cut. */
    public synchronized long operationCount() {
        return operationCount;
    }

    public synchronized boolean isOff() {
        return off;
    }

    synchronized void turnOff() {
        off = true;
    }

    synchronized void throwIfOff() throws PowerCutException {
        if (off) {
            throw new PowerCutException();
        }
    }

    synchronized void finishOperation() throws PowerCutException {
        throwIfOff();
        if (operationCount >= cutAfter) {
            off = true;
            throw new PowerCutException();
        }
        operationCount++;
    }
}
