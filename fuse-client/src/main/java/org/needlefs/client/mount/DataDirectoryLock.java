package org.needlefs.client.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps every other process off a data directory until it is closed or this process dies. The file holds the number of
 * the process that has it, so that the one that is refused can say who.
 */
public final class DataDirectoryLock implements Closeable {
    private static final String FILE_NAME = "needlefs.pid";

    private final FileChannel channel;

    private DataDirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IOException another process has it: the message names directory and process */
    public static DataDirectoryLock take(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE_NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(dataDirectory, file);
            }
            channel.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return new DataDirectoryLock(channel);
        } catch (OverlappingFileLockException _) {
            channel.close();
            throw inUse(dataDirectory, file);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private static IOException inUse(Path dataDirectory, Path file) throws IOException {
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return new IOException(dataDirectory + " is in use by process " + (pid.isEmpty() ? "(unknown)" : pid)
                + "; see 'needlefs status " + dataDirectory + "'");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
