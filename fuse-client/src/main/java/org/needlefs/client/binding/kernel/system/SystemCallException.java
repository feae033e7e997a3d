package org.needlefs.client.binding.kernel.system;

import java.io.IOException;
import org.needlefs.cluster.model.Errno;

/** A system call failed: which, and the errno it left. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemCallException(String call, int errno, String reason) {
        super(call + ": " + reason);
        this.errno = errno;
    }

    public boolean is(Errno expected) {
        return errno == expected.number();
    }
}
