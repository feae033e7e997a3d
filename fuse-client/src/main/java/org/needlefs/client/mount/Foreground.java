package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.binding.FuseMount;

/**
 * The life of the process that serves a mount: takes the data directory, opens it, mounts, and stays until the end.
 * SIGTERM, SIGINT and SIGHUP end it like {@code umount}, and detach what is in use; the process exits with 0 if all was
 * stored, else with 1.
 */
public final class Foreground {
    private final Path mountpoint;
    private final DataDirectories directories;
    private final MountSettings settings;
    private final Consumer<ExitCode> endOfProcess;

    /** @param endOfProcess ends the process at once, after a signal and once all is stored */
    public Foreground(
            Path mountpoint, DataDirectories directories, MountSettings settings, Consumer<ExitCode> endOfProcess) {
        this.mountpoint = mountpoint;
        this.directories = directories;
        this.settings = settings;
        this.endOfProcess = endOfProcess;
    }

    /** @param ready is run once the mount answers. @throws IOException it could not be mounted; nothing is left behind */
    public ExitCode run(Runnable ready) throws IOException, InterruptedException {
        Files.createDirectories(directories.logFolder());
        // Read by logback.xml, so it must be known before the first logger is made.
        System.setProperty(
                "needlefs.log", directories.logFolder().resolve("needlefs.log").toString());
        System.setProperty("logback.configurationFile", "logback-mount.xml");
        try (DataDirectoryLock _ = DataDirectoryLock.take(directories.first())) {
            FuseMount how = Bindings.choose(settings.binding());
            EmbeddedBackend backend = EmbeddedBackend.open(directories, settings);
            Mount mount;
            try {
                mount = Mount.start(mountpoint, directories.first(), settings, how, backend);
            } catch (IOException refused) {
                backend.close();
                throw refused;
            }
            AtomicBoolean leaving = new AtomicBoolean();
            Thread termination = new Thread(() -> terminate(mount, leaving), "termination");
            Runtime.getRuntime().addShutdownHook(termination);
            try {
                ready.run();
                return mount.awaitEnd();
            } finally {
                leaving.set(true);
            }
        }
    }

    /** Runs at the end of the process, whatever ends it; {@code leaving} if that is {@link #run} having returned. */
    private void terminate(Mount mount, AtomicBoolean leaving) {
        boolean signalled = !leaving.get();
        ExitCode result = mount.terminate();
        if (signalled) {
            // Java would exit with 128 and the signal's number, by which a supervisor takes a clean end for a failure.
            endOfProcess.accept(result);
        }
    }
}
