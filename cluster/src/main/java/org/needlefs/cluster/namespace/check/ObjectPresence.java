package org.needlefs.cluster.namespace.check;

import java.io.IOException;
import org.needlefs.storage.ObjectId;

/** Answers whether an object is stored. */
public interface ObjectPresence {
    /** Whether there is such an object with at least that many bytes. */
    boolean has(ObjectId object, long sizeBytes) throws IOException;
}
