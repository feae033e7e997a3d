package org.needlefs.cluster.namespace.state;

import java.util.Optional;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NodeKind;

/**
 * A row of the entries: (parent, cookie) leads to an inode. Names with the same hash stand in consecutive cookies; a row
 * in front of others that was removed stays as a gap, so that whoever looks for a name may stop at the first cookie
 * without a row.
 */
public sealed interface EntryRow {
    record Named(Name name, Inode inode, NodeKind kind) implements EntryRow {}

    record Gap() implements EntryRow {}

    default Optional<Named> named() {
        return this instanceof Named named ? Optional.of(named) : Optional.empty();
    }
}
