package org.needlefs.cluster.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;

/**
 * Stores and reads immutable objects: in this process or on the nodes of a cluster. Threading: any.
 *
 * <p>Throws {@link org.needlefs.storage.OutOfSpaceException} from {@link #put}, {@link CorruptDataException} from
 * {@link #read} if no good copy is left.
 */
public interface ObjectClient {
    /**
     * Stores all remaining bytes of the buffers, one after the other, as a new object of at most 64 MiB. On return it
     * can be read and survives the death of this process; {@link #sync} makes it survive a power cut. Putting the same
     * id with the same bytes again is allowed and changes nothing. Borrows the buffers until it returns.
     */
    void put(ObjectId id, ByteBuffer... body) throws IOException;

    /** Fills {@code into} completely from {@code offsetBytes} on, verified. @throws java.io.FileNotFoundException no such object */
    void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException;

    /** Returns once all objects put before this call survive a power cut. */
    void sync() throws IOException;
}
