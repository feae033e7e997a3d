package org.needlefs.storage;

import java.io.IOException;

/** A write was refused because it would eat into the reserve that deletes and compaction need. Nothing was stored. */
public final class OutOfSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public OutOfSpaceException(String message) {
        super(message);
    }
}
