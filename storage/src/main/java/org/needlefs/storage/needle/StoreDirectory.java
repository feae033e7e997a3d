package org.needlefs.storage.needle;

import java.io.IOException;
import java.nio.file.Path;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.LocalDisk;

/**
 * Where a volume lives.
 *
 * @param disk for the containers
 * @param indexDirectory for the index, which may be lost
 */
public record StoreDirectory(Disk disk, Path indexDirectory) {
    /** Containers and index below one directory. */
    public static StoreDirectory of(Path directory) throws IOException {
        return new StoreDirectory(LocalDisk.open(directory.resolve("containers")), directory.resolve("index"));
    }
}
