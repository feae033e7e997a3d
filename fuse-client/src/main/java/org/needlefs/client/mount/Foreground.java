package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.binding.FuseMount;

/**
 * The life of the process that serves a mount: takes the data directory, opens it, mounts, and stays until the end.
 * SIGTERM, SIGINT and SIGHUP end it like {@code umount}, and detach what is in use.
 */
public final class Foreground {
    private final Path mountpoint;
    private final DataDirectories directories;
    private final MountSettings settings;

    public Foreground(Path mountpoint, DataDirectories directories, MountSettings settings) {
        this.mountpoint = mountpoint;
        this.directories = directories;
        this.settings = settings;
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
            Thread termination = new Thread(mount::terminate, "termination");
            Runtime.getRuntime().addShutdownHook(termination);
            ready.run();
            return mount.awaitEnd();
        }
    }
}
