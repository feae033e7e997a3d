package org.needlefs.cluster.namespace;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/** The files of a disk whose names begin with a prefix: lets two users of directories lose their power at once. */
record PartOfDisk(Disk whole, String prefix) implements Disk {
    @Override
    public String description() {
        return prefix + " of " + whole.description();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return whole.create(prefix + name);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return whole.open(prefix + name);
    }

    @Override
    public List<String> list() throws IOException {
        return whole.list().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        whole.rename(prefix + from, prefix + to);
    }

    @Override
    public void delete(String name) throws IOException {
        whole.delete(prefix + name);
    }

    @Override
    public void syncDirectory() throws IOException {
        whole.syncDirectory();
    }

    @Override
    public Closeable lock() throws IOException {
        return whole.lock();
    }

    @Override
    public long totalBytes() throws IOException {
        return whole.totalBytes();
    }

    @Override
    public long usableBytes() throws IOException {
        return whole.usableBytes();
    }
}
