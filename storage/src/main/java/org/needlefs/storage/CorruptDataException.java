package org.needlefs.storage;

import java.io.IOException;

/** Bytes on disk do not match their checksum or make no sense. The data may exist intact on another replica. */
public final class CorruptDataException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptDataException(String message) {
        super(message);
    }

    public CorruptDataException(String message, Throwable cause) {
        super(message, cause);
    }
}
