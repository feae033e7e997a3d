package org.needlefs.cluster.node;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.needlefs.storage.needle.StoreDirectory;

/**
 * The object directories of a node that does not run, for tools that look into them. Keeps the run marker true meanwhile:
 * a power cut under such a tool is one under a node. The data directory must be locked. Threading: confined to the caller.
 */
public final class StoppedNode implements Closeable {
    private final List<Path> dataDirectories;
    private final RunMarker marker;

    private StoppedNode(List<Path> dataDirectories, RunMarker marker) {
        this.dataDirectories = dataDirectories;
        this.marker = marker;
    }

    /** @throws IOException one of them is no data directory */
    public static StoppedNode open(List<Path> dataDirectories) throws IOException {
        for (Path directory : dataDirectories) {
            if (!Files.isDirectory(objectsFolder(directory))) {
                throw new IOException(
                        directory + " holds no objects: it is not a data directory, or was never mounted");
            }
        }
        return new StoppedNode(List.copyOf(dataDirectories), RunMarker.take(dataDirectories.getFirst()));
    }

    /** In the order in which they were named. */
    public List<StoreDirectory> stores() throws IOException {
        List<StoreDirectory> stores = new ArrayList<>();
        for (Path directory : dataDirectories) {
            stores.add(StoreDirectory.of(objectsFolder(directory)));
        }
        return stores;
    }

    static Path objectsFolder(Path dataDirectory) {
        return dataDirectory.resolve("objects");
    }

    /** What Xodus wrote without syncing it: state of the namespace, indexes of the object store. */
    static List<Path> cacheFolders(List<Path> dataDirectories) {
        List<Path> folders = new ArrayList<>();
        folders.add(dataDirectories.getFirst().resolve("namespace").resolve("state"));
        for (Path directory : dataDirectories) {
            folders.add(objectsFolder(directory).resolve("index"));
        }
        return folders;
    }

    /** After a power cut the marker stays: the namespace's state is still to be made anew. */
    @Override
    public void close() throws IOException {
        if (marker.trusted()) {
            marker.remove(cacheFolders(dataDirectories));
        }
    }
}
