package org.needlefs.storage.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.storage.Check;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/**
 * The segments' open files. Bound: at most {@code countMax}, the least recently used idle one is closed for the next;
 * files in use are never closed under their users, so a burst of users may exceed it. Threading: any.
 */
final class OpenFiles implements Closeable {
    private final Disk disk;
    private final int countMax;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final LinkedHashMap<Long, Shared> bySegment = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("lock")
    private boolean closed;

    OpenFiles(Disk disk, int countMax) {
        this.disk = disk;
        this.countMax = countMax;
    }

    /** An open file that stays open until it is closed here as often as it was acquired. */
    static final class Shared {
        private final DiskFile file;
        private int userCount;
        private boolean forgotten;

        private Shared(DiskFile file) {
            this.file = file;
        }

        DiskFile file() {
            return file;
        }
    }

    /**
     * Opens the file, or shares the open one; to be given back by {@link #release}.
     *
     * @throws NoSuchFileException the segment was removed
     */
    Shared acquire(long segment) throws IOException {
        List<DiskFile> idle = new ArrayList<>();
        try {
            // Held across the opening of a file: a few microseconds, and only when the table does not have it.
            lock.lock();
            try {
                if (closed) {
                    throw new IOException("the log in " + disk.description() + " is closed");
                }
                Shared shared = bySegment.get(segment);
                if (shared == null) {
                    shared = new Shared(disk.open(SegmentHeader.fileName(segment)));
                    bySegment.put(segment, shared);
                    evict(idle);
                }
                shared.userCount++;
                return shared;
            } finally {
                lock.unlock();
            }
        } finally {
            closeAll(idle);
        }
    }

    void release(Shared shared) throws IOException {
        boolean last;
        lock.lock();
        try {
            Check.that(shared.userCount > 0, "%s released too often", shared.file.name());
            shared.userCount--;
            last = shared.userCount == 0 && shared.forgotten;
        } finally {
            lock.unlock();
        }
        if (last) {
            shared.file.close();
        }
    }

    /** Those who use the file now finish; nobody gets it from here any more. */
    void forget(long segment) throws IOException {
        boolean idle;
        Shared shared;
        lock.lock();
        try {
            shared = bySegment.remove(segment);
            if (shared == null) {
                return;
            }
            shared.forgotten = true;
            idle = shared.userCount == 0;
        } finally {
            lock.unlock();
        }
        if (idle) {
            shared.file.close();
        }
    }

    /** Closes what is idle; what is in use is closed by its last user. */
    @Override
    public void close() throws IOException {
        List<DiskFile> idle = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (Shared shared : bySegment.values()) {
                shared.forgotten = true;
                if (shared.userCount == 0) {
                    idle.add(shared.file);
                }
            }
            bySegment.clear();
        } finally {
            lock.unlock();
        }
        closeAll(idle);
    }

    @GuardedBy("lock")
    private void evict(List<DiskFile> idle) {
        Iterator<Map.Entry<Long, Shared>> oldestFirst = bySegment.entrySet().iterator();
        int excessCount = bySegment.size() - countMax;
        while (excessCount > 0 && oldestFirst.hasNext()) {
            Shared shared = oldestFirst.next().getValue();
            // The newest entry is not counted as used yet: it is the caller's.
            if (shared.userCount == 0 && oldestFirst.hasNext()) {
                oldestFirst.remove();
                idle.add(shared.file);
                excessCount--;
            }
        }
    }

    private static void closeAll(List<DiskFile> files) throws IOException {
        for (DiskFile file : files) {
            file.close();
        }
    }
}
