package org.needlefs.client.mount;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.needlefs.client.admin.AdminAnswer.Progress;
import org.needlefs.client.admin.ProgressListener;
import org.needlefs.client.admin.Report;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;

/**
 * Adds up a path and all below it. A file with several names counts once for each, as it is met.
 * Bound: one page of entries for each level of the tree. Threading: confined to the caller.
 */
final class TreeUsage {
    private static final int PAGE_COUNT_MAX = 1000;

    private final FileSystem fileSystem;
    private final ProgressListener listener;
    private long fileCount;
    private long directoryCount;
    private long otherCount;
    private long sizeBytes;
    private long allocatedBytes;

    TreeUsage(FileSystem fileSystem, ProgressListener listener) {
        this.fileSystem = fileSystem;
        this.listener = listener;
    }

    /** A directory on the way down: what of its page is left, and where the next begins. */
    private static final class Level {
        final Inode directory;
        final Deque<Entry> page = new ArrayDeque<>();
        long cookie;
        boolean last;

        Level(Inode directory) {
            this.directory = directory;
        }
    }

    /** @param path from the root, with names separated by slashes */
    Report of(String path) throws IOException {
        Attributes top = resolve(path);
        count(top);
        if (top.isDirectory()) {
            walk(top.inode());
        }
        return Report.EMPTY
                .with("path", path)
                .with("sizeBytes", sizeBytes)
                .with("allocatedBytes", allocatedBytes)
                .with("fileCount", fileCount)
                .with("directoryCount", directoryCount)
                .with("otherCount", otherCount);
    }

    private Attributes resolve(String path) throws IOException {
        Attributes at = fileSystem.attributes(Inode.ROOT);
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty()) {
                Optional<Attributes> next = fileSystem.lookup(at.inode(), Name.of(name));
                at = next.orElseThrow(() -> Errno.ENOENT.because("%s: no such file or directory", path));
            }
        }
        return at;
    }

    private void walk(Inode top) throws IOException {
        Deque<Level> levels = new ArrayDeque<>();
        levels.push(new Level(top));
        while (!levels.isEmpty()) {
            Level level = levels.element();
            if (level.page.isEmpty() && !level.last) {
                turn(level);
            }
            Entry entry = level.page.poll();
            if (entry == null) {
                levels.pop();
                continue;
            }
            count(entry.attributes());
            if (entry.attributes().isDirectory()) {
                levels.push(new Level(entry.attributes().inode()));
            }
        }
    }

    private void turn(Level level) throws IOException {
        try {
            List<Entry> page = fileSystem.list(level.directory, level.cookie, PAGE_COUNT_MAX);
            level.last = page.size() < PAGE_COUNT_MAX;
            if (!page.isEmpty()) {
                level.page.addAll(page);
                level.cookie = page.getLast().cookie();
            }
        } catch (FsException gone) {
            if (gone.errno() != Errno.ENOENT) {
                throw gone;
            }
            level.last = true; // removed while we were on the way to it
        }
    }

    private void count(Attributes attributes) {
        switch (attributes.kind()) {
            case FILE -> {
                fileCount++;
                sizeBytes += attributes.sizeBytes();
                allocatedBytes += attributes.allocatedBytes();
            }
            case DIRECTORY -> directoryCount++;
            case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> otherCount++;
        }
        listener.progress(new Progress("nodes", fileCount + directoryCount + otherCount, 0));
    }
}
