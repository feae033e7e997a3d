package org.needlefs.storage.disk;

import java.io.IOException;

/** The simulated machine is off: nothing that this disk is asked for will ever be answered again. */
public final class PowerCutException extends IOException {
    private static final long serialVersionUID = 1L;

    PowerCutException() {
        super("the simulated power is cut");
    }
}
