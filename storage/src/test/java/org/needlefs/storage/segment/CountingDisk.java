package org.needlefs.storage.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/** Another disk whose syncs are counted and can be held up. */
final class CountingDisk implements Disk {
    private final Disk disk;
    private final AtomicLong syncs = new AtomicLong();
    private volatile Callable<Void> beforeSync = () -> null;

    CountingDisk(Disk disk) {
        this.disk = disk;
    }

    long syncCount() {
        return syncs.get();
    }

    void beforeSync(Callable<Void> task) {
        beforeSync = task;
    }

    @Override
    public String description() {
        return disk.description();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new CountingFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new CountingFile(disk.open(name));
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        disk.syncDirectory();
    }

    @Override
    public Closeable lock() throws IOException {
        return disk.lock();
    }

    @Override
    public long totalBytes() throws IOException {
        return disk.totalBytes();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    private final class CountingFile implements DiskFile {
        private final DiskFile file;

        private CountingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public int read(long offsetBytes, ByteBuffer into) throws IOException {
            return file.read(offsetBytes, into);
        }

        @Override
        public void write(long offsetBytes, ByteBuffer... from) throws IOException {
            file.write(offsetBytes, from);
        }

        @Override
        public void preallocate(long sizeBytes) throws IOException {
            file.preallocate(sizeBytes);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void sync() throws IOException {
            syncs.incrementAndGet();
            try {
                beforeSync.call();
            } catch (Exception broken) {
                throw new AssertionError(broken);
            }
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
