package org.needlefs.cluster.namespace;

import java.io.IOException;

/** Says how much content can be stored: the object store's figures. Threading: any. */
public interface SpaceSource {
    Space space() throws IOException;

    /** @param availableBytes without what is kept in reserve */
    record Space(long totalBytes, long availableBytes) {}
}
