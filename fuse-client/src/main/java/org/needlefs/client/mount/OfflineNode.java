package org.needlefs.client.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.needlefs.client.admin.AdminService;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.node.FilesystemFormat;

/** A filesystem that is not mounted, opened for one command. Holds the data directory's lock until it is closed. */
public final class OfflineNode implements Closeable {
    private final DataDirectoryLock lock;
    private final EmbeddedBackend backend;

    private OfflineNode(DataDirectoryLock lock, EmbeddedBackend backend) {
        this.lock = lock;
        this.backend = backend;
    }

    /** @throws IOException it is no data directory, or in use */
    public static OfflineNode open(Path dataDirectory) throws IOException {
        return open(DataDirectories.parse(dataDirectory.toString()));
    }

    /** @throws IOException they are no data directories, or in use */
    public static OfflineNode open(DataDirectories directories) throws IOException {
        Path dataDirectory = directories.first();
        if (!FilesystemFormat.existsIn(dataDirectory)) {
            throw new IOException(dataDirectory + " is neither a NeedleFS mount nor a data directory");
        }
        DataDirectoryLock lock = DataDirectoryLock.take(dataDirectory);
        try {
            return new OfflineNode(lock, EmbeddedBackend.open(directories, MountSettings.DEFAULT));
        } catch (IOException refused) {
            lock.close();
            throw refused;
        }
    }

    public AdminService service() {
        return AdminService.notMounted(backend.control());
    }

    public FileOperations operations() {
        return backend.operations();
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            backend.close();
        }
    }
}
