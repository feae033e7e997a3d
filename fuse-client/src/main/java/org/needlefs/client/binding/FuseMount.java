package org.needlefs.client.binding;

import java.io.IOException;
import java.nio.file.Path;
import org.needlefs.client.vfs.FileOperations;

/** A way to make a filesystem appear as a local folder: one implementation for each binding to the kernel. */
public interface FuseMount {
    /**
     * Mounts {@code operations} at {@code mountpoint} and serves it on threads of its own until it is unmounted.
     * When this returns, the kernel and the binding have agreed on the protocol and requests are being answered.
     * A dead mount that is in the way is removed first.
     *
     * @throws IOException what is missing or refused, in words for the user; nothing is mounted then
     */
    Mounted mount(Path mountpoint, MountOptions options, FileOperations operations) throws IOException;
}
