package org.needlefs.cluster.model;

import java.io.IOException;

/**
 * An ordinary answer to a filesystem call: it failed, and why. Carries no stack trace, because it is no fault of ours, and
 * makes its sentence only for who asks: programs look for files that are not there all the time.
 */
public final class FsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final String sentence;
    private final transient Object[] arguments;

    /** @param arguments of the sentence, immutable */
    FsException(Errno errno, String sentence, Object... arguments) {
        this.errno = errno;
        this.sentence = sentence;
        this.arguments = arguments;
    }

    @Override
    public String getMessage() {
        return errno + ": " + reason();
    }

    /** The message without the errno in front. */
    public String reason() {
        return String.format(sentence, arguments);
    }

    public Errno errno() {
        return errno;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
