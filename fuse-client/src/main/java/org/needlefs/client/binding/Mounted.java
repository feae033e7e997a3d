package org.needlefs.client.binding;

import java.io.IOException;

/** A mount that is being served. Threading: any, but never a thread that serves requests. */
public interface Mounted {
    /** False once the mount is gone, whoever unmounted it. */
    boolean isAlive();

    /** Returns once the mount is gone and every request that was taken has been answered. */
    void awaitEnd() throws InterruptedException;

    /**
     * Unmounts and waits until every request that was taken has been answered. Does nothing if the mount is gone.
     *
     * @throws IOException it is in use or may not be unmounted; it is served on
     */
    void unmount() throws IOException;

    /**
     * Takes the mount out of the tree even if it is in use: the last resort. Programs that have files open on it are
     * served until they close them or this process ends, so this does not wait; {@link #awaitEnd} does.
     */
    void detach() throws IOException;

    RequestStatistics statistics();
}
