package org.needlefs.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A directory of files on one disk, flat: names have no slash. The seam that crash tests replace by a simulation which
 * loses, tears and reorders what was not synced. Threading: any.
 */
public interface Disk {
    /** For messages. */
    String description();

    /** Makes a new, empty file open for reading and writing. Durable only after {@link DiskFile#sync} and {@link #syncDirectory}. */
    DiskFile create(String name) throws IOException;

    /** Opens an existing file for reading and writing. @throws java.nio.file.NoSuchFileException there is none */
    DiskFile open(String name) throws IOException;

    /** Names of all files, sorted. */
    List<String> list() throws IOException;

    /** Replaces {@code to} atomically. Durable only after {@link #syncDirectory}. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Makes the names durable: files made, renamed and deleted before this call. */
    void syncDirectory() throws IOException;

    /**
     * Keeps every other process off this directory until the result is closed (or this process dies).
     *
     * @throws IOException if another holds it: the message names the directory and, where known, the process
     */
    Closeable lock() throws IOException;

    long totalBytes() throws IOException;

    /** Free for this process. */
    long usableBytes() throws IOException;
}
