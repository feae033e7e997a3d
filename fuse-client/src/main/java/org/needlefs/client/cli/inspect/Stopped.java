package org.needlefs.client.cli.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.client.mount.DataDirectoryLock;
import org.needlefs.cluster.node.FilesystemFormat;
import org.needlefs.cluster.node.StoppedNode;
import org.needlefs.storage.needle.StoreDirectory;

/** The way to the containers of a data directory that nobody has mounted. */
final class Stopped {
    /** What is done with the directories; they are locked meanwhile. */
    @FunctionalInterface
    interface Work<T> {
        T on(List<StoreDirectory> stores) throws IOException;
    }

    private Stopped() {}

    /** @throws IOException it is no data directory, or a process has it, which the message names */
    static <T> T with(DataDirectories directories, Work<T> work) throws IOException {
        Path first = directories.first();
        if (!FilesystemFormat.existsIn(first)) {
            throw new IOException(first + " is not a data directory");
        }
        try (DataDirectoryLock _ = DataDirectoryLock.take(first);
                StoppedNode node = StoppedNode.open(directories.paths())) {
            return work.on(node.stores());
        }
    }
}
