package org.needlefs.storage;

/** Waits for the end of threads that were told to stop by a flag, because an interrupt would close the file they are in. */
public final class ThreadEnd {
    private ThreadEnd() {}

    /** Returns once the thread has ended, or was never started. An interrupt of the caller is kept for later, not obeyed. */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException ignored) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
