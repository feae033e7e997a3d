package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.util.List;
import org.needlefs.cluster.namespace.store.BulkLoad;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/**
 * The checkpoint files of a directory, named by the index of the last command that they contain.
 *
 * <p>Guarantee: a file under its final name is complete and durable. Threading: one writer.
 */
public final class Checkpoints {
    private static final String PREFIX = "checkpoint-";
    private static final String UNFINISHED = "unfinished";
    private static final int KEPT_COUNT = 2;

    private final Disk disk;

    public Checkpoints(Disk disk) {
        this.disk = disk;
    }

    /** Indexes of the checkpoints, newest first. */
    public List<Long> indexes() throws IOException {
        return disk.list().stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(name -> Long.parseUnsignedLong(name.substring(PREFIX.length()), 16))
                .sorted((a, b) -> Long.compare(b, a))
                .toList();
    }

    private static String name(long index) {
        return String.format("%s%016x", PREFIX, index);
    }

    public long sizeBytes(long index) throws IOException {
        try (DiskFile file = disk.open(name(index))) {
            return file.sizeBytes();
        }
    }

    /** Writes a checkpoint and returns once it is durable. */
    public void write(StateSnapshot snapshot) throws IOException {
        if (disk.list().contains(UNFINISHED)) {
            disk.delete(UNFINISHED);
        }
        try (DiskFile file = disk.create(UNFINISHED)) {
            CheckpointFile.write(file, snapshot);
        }
        disk.rename(UNFINISHED, name(snapshot.index()));
        disk.syncDirectory();
    }

    /** Deletes all but the newest two. */
    public void trim() throws IOException {
        List<Long> indexes = indexes();
        for (int i = KEPT_COUNT; i < indexes.size(); i++) {
            disk.delete(name(indexes.get(i)));
        }
    }

    /** Fills an empty store. @throws org.needlefs.storage.CorruptDataException the file is damaged */
    public void read(long index, BulkLoad load) throws IOException {
        try (DiskFile file = disk.open(name(index))) {
            CheckpointFile.read(file, load);
        }
    }
}
