package org.needlefs.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. Threading: any; positions are explicit. Do not interrupt a thread in here. */
public interface DiskFile extends Closeable {
    String name();

    long sizeBytes() throws IOException;

    /** Reads from {@code offsetBytes} until {@code into} is full or the file ends; returns the bytes read, 0 at the end. */
    int read(long offsetBytes, ByteBuffer into) throws IOException;

    /** Writes all that remains in the buffers, one behind the other. Readable at once, durable only after {@link #sync}. */
    void write(long offsetBytes, ByteBuffer... from) throws IOException;

    /** Allocates space up to {@code sizeBytes} and makes the file that long; what was not written reads as zeros. */
    void preallocate(long sizeBytes) throws IOException;

    void truncate(long sizeBytes) throws IOException;

    /**
     * fdatasync: all writes that returned before are on stable media when this returns. After an exception nothing is
     * known about them, and no later success says anything either.
     */
    void sync() throws IOException;
}
