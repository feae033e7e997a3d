package org.needlefs.client.mount;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.needlefs.client.admin.AdminServer;
import org.needlefs.client.admin.AdminService;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A filesystem that this process serves, from the moment it is mounted to the moment all is stored and closed.
 *
 * <p>It ends by an administrator's command, by a signal to this process, or because somebody unmounted it with other
 * means; each of them flushes. Threading: any; the end happens once, whoever asks for it first.
 */
public final class Mount {
    private static final Logger LOG = LoggerFactory.getLogger(Mount.class);

    private final Path mountpoint;
    private final EmbeddedBackend backend;
    private final Mounted mounted;
    private final AdminServer administration;
    private final Object ending = new Object();

    /** How it ended; empty before that. */
    @GuardedBy("ending")
    private Optional<ExitCode> ended = Optional.empty();

    /** @param how the binding to mount with */
    public static Mount start(
            Path mountpoint, Path dataDirectory, MountSettings settings, FuseMount how, EmbeddedBackend backend)
            throws IOException {
        // All changes go through this mount, so what the kernel knows stays true.
        long cacheMillis = 3_600_000;
        MountOptions options =
                new MountOptions(settings.flags(), dataDirectory.toString(), cacheMillis, settings.threadCountMax());
        Mounted mounted = how.mount(mountpoint, options, backend.operations());
        try {
            return new Mount(mountpoint, dataDirectory, settings, backend, mounted);
        } catch (IOException refused) {
            mounted.detach();
            throw refused;
        }
    }

    private Mount(Path mountpoint, Path dataDirectory, MountSettings settings, EmbeddedBackend backend, Mounted mounted)
            throws IOException {
        this.mountpoint = mountpoint;
        this.backend = backend;
        this.mounted = mounted;
        this.administration = AdminServer.listen(
                dataDirectory,
                new AdminService(
                        new MountedControl(backend.control(), mountpoint, dataDirectory, settings, mounted),
                        this::unmount));
        LOG.info("mounted {} on {} with {}", dataDirectory, mountpoint, settings);
    }

    /** Stores everything, unmounts and closes. @throws IOException it is in use, or something could not be stored: it is served on */
    private Report unmount() throws IOException {
        if (mounted.isAlive()) {
            backend.operations().syncAll();
            mounted.unmount();
        }
        if (close() != ExitCode.OK) {
            throw new IOException(mountpoint + " is unmounted, but not everything could be stored: see the log");
        }
        return Report.EMPTY
                .with("unmounted", mountpoint.toString())
                .with("pid", ProcessHandle.current().pid());
    }

    /** For the end of the process: unmounts even what is in use, and stores everything; tells whether it could. */
    public ExitCode terminate() {
        try {
            mounted.unmount();
        } catch (IOException inUse) {
            LOG.warn("{}; detaching it, since this process has to end", inUse.getMessage());
            detach();
        }
        ExitCode result = close();
        closeAdministration();
        return result;
    }

    private void detach() {
        try {
            mounted.detach();
        } catch (IOException refused) {
            LOG.error(
                    "{} stays mounted without a process; 'fusermount3 -uz {}' removes it",
                    mountpoint,
                    mountpoint,
                    refused);
        }
    }

    /** Returns when it is unmounted, all is stored and whoever asked for it has been told. */
    public ExitCode awaitEnd() throws InterruptedException {
        mounted.awaitEnd();
        ExitCode result = close();
        closeAdministration();
        return result;
    }

    private void closeAdministration() {
        try {
            administration.close();
        } catch (IOException broken) {
            LOG.warn("the administration socket could not be removed", broken);
        }
    }

    private ExitCode close() {
        synchronized (ending) {
            if (ended.isPresent()) {
                return ended.get();
            }
            ExitCode result = ExitCode.OK;
            try {
                backend.close();
                LOG.info("unmounted {}; all is stored", mountpoint);
            } catch (IOException lost) {
                LOG.error("not everything could be stored when {} was unmounted", mountpoint, lost);
                result = ExitCode.FAILED;
            }
            ended = Optional.of(result);
            return result;
        }
    }
}
