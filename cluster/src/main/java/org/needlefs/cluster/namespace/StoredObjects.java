package org.needlefs.cluster.namespace;

import java.io.IOException;
import org.needlefs.cluster.namespace.check.ObjectPresence;

/** What the namespace has to know of the objects that its files refer to. Threading: any. */
public interface StoredObjects extends ObjectPresence {
    /** Returns once every object put before survives a power cut. */
    void sync() throws IOException;
}
