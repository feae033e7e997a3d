package org.needlefs.test.model;

import static org.needlefs.test.system.Flags.O_APPEND;
import static org.needlefs.test.system.Flags.O_RDONLY;
import static org.needlefs.test.system.Flags.O_WRONLY;

/** An open file of the model; the node may have lost its last name. */
record OpenNode(ModelNode node, int flags) {
    static final int ACCESS_MODE = 3;

    boolean canRead() {
        return (flags & ACCESS_MODE) != O_WRONLY;
    }

    boolean canWrite() {
        return (flags & ACCESS_MODE) != O_RDONLY;
    }

    boolean appends() {
        return (flags & O_APPEND) != 0;
    }
}
