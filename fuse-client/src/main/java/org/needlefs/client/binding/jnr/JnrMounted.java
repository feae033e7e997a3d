package org.needlefs.client.binding.jnr;

import java.io.IOException;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.client.binding.kernel.system.Mountpoint;

/** A mount that libfuse serves. */
final class JnrMounted implements Mounted {
    private final Mountpoint mountpoint;
    private final Session session;

    JnrMounted(Mountpoint mountpoint, Session session) {
        this.mountpoint = mountpoint;
        this.session = session;
    }

    @Override
    public boolean isAlive() {
        return session.isAlive();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        session.awaitEnd();
    }

    @Override
    public void unmount() throws IOException {
        if (!session.isAlive()) {
            return;
        }
        mountpoint.unmount(false);
        try {
            session.awaitEnd();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the last requests were being answered", interrupted);
        }
    }

    @Override
    public void detach() throws IOException {
        if (session.isAlive()) {
            mountpoint.unmount(true);
        }
    }

    @Override
    public RequestStatistics statistics() {
        return session.statistics();
    }
}
