package org.needlefs.cluster.model;

import java.io.IOException;

/** An ordinary answer to a filesystem call: it failed, and why. Carries no stack trace, because it is no fault of ours. */
public final class FsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final String reason;

    FsException(Errno errno, String message) {
        super(errno + ": " + message);
        this.errno = errno;
        this.reason = message;
    }

    /** The message without the errno in front. */
    public String reason() {
        return reason;
    }

    public Errno errno() {
        return errno;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
