package org.needlefs.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.needlefs.storage.Check;

/**
 * A directory of the local filesystem. What {@link DiskFile#sync} and {@link #syncDirectory} promise holds as far as
 * kernel and device keep their word. Throws {@link org.needlefs.storage.OutOfSpaceException} where the disk is full.
 * Threading: any; threads that may be in here must not be interrupted, because an interrupt closes the file for all.
 */
public final class LocalDisk implements Disk {
    private static final String LOCK_NAME = "LOCK";

    /**
     * Directories locked by this process. Asked before the lock file is touched, because POSIX drops a process's lock
     * as soon as it closes any descriptor of the file, also one opened only to find the lock held.
     */
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;

    private LocalDisk(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory, and those above it, if need be; their names are durable when this returns. */
    public static LocalDisk open(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        makeDurably(absolute);
        return new LocalDisk(absolute);
    }

    private static void makeDurably(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        Check.that(parent != null, "the root directory is missing");
        if (parent != null) {
            makeDurably(parent);
            Files.createDirectories(directory);
            syncDirectory(parent);
        }
    }

    @Override
    public String description() {
        return directory.toString();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        Path path = path(name);
        return new LocalFile(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Path path = path(name);
        return new LocalFile(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> !name.equals(LOCK_NAME))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(path(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        syncDirectory(directory);
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Closeable lock() throws IOException {
        Path key = directory.toRealPath();
        if (!LOCKED_HERE.add(key)) {
            throw inUse("process " + ProcessHandle.current().pid() + " (this one)");
        }
        try {
            FileChannel channel = lockFile();
            return () -> {
                if (channel.isOpen()) {
                    channel.close();
                    LOCKED_HERE.remove(key);
                }
            };
        } catch (IOException | RuntimeException failure) {
            LOCKED_HERE.remove(key);
            throw failure;
        }
    }

    private FileChannel lockFile() throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(LOCK_NAME),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                ByteBuffer text = ByteBuffer.allocate(32);
                channel.read(text, 0);
                String process =
                        StandardCharsets.US_ASCII.decode(text.flip()).toString().trim();
                throw inUse(process.isEmpty() ? "another process" : "process " + process);
            }
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private IOException inUse(String holder) {
        return new IOException(directory + " is in use by " + holder + ": stop that one or choose another directory");
    }

    @Override
    public long totalBytes() throws IOException {
        return Files.getFileStore(directory).getTotalSpace();
    }

    @Override
    public long usableBytes() throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.getUsableSpace();
    }

    private Path path(String name) {
        Check.that(!name.isEmpty() && name.indexOf('/') < 0 && !name.startsWith("."), "not a plain name: %s", name);
        return directory.resolve(name);
    }
}
