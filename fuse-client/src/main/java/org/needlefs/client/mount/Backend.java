package org.needlefs.client.mount;

import java.io.Closeable;
import java.io.IOException;
import org.needlefs.client.admin.NodeControl;
import org.needlefs.client.vfs.FileOperations;

/** What a mount shows, and the node behind it, open in this process. {@link #close} stores everything first. */
public interface Backend extends Closeable {
    FileOperations operations();

    NodeControl control();

    /** @throws IOException something could not be stored */
    @Override
    void close() throws IOException;
}
