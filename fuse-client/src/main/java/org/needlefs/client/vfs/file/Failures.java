package org.needlefs.client.vfs.file;

import java.io.IOException;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.storage.OutOfSpaceException;

/** How a failure of the store reads to a user, and whether trying again may help. */
final class Failures {
    private Failures() {}

    static IOException answer(IOException error) {
        return error instanceof OutOfSpaceException
                ? Errno.ENOSPC.because("%s", String.valueOf(error.getMessage()))
                : error;
    }

    /** True if the same data would be refused again, so that keeping it only keeps memory. */
    static boolean isFinal(IOException error) {
        if (error instanceof FsException refusal) {
            return switch (refusal.errno()) {
                case EIO, EAGAIN, EINTR, ETIMEDOUT, ENOMEM, EBUSY -> false;
                default -> true;
            };
        }
        return error instanceof OutOfSpaceException;
    }
}
