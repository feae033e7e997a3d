package org.needlefs.cluster.namespace.command;

import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.storage.ObjectId;

/** A correction of one row. Computed by a check while nothing else changes the namespace. */
public sealed interface Mend {
    /** Gives a node the numbers that follow from the rest of the state. */
    record Numbers(Inode inode, int linkCount, Inode parent, long entryCount, long allocatedBytes) implements Mend {}

    /** Removes an entry that leads nowhere. */
    record DropEntry(Inode parent, Name name) implements Mend {}

    /** Names a node that cannot be reached; its link count follows by {@link Numbers}. */
    record Adopt(Inode inode, Inode parent, Name name) implements Mend {}

    /** Frees a node that nothing leads to, with its content. */
    record DropNode(Inode inode) implements Mend {}

    /** Forgets content, attributes or an orphan's mark of a node that is not there, or that must not have them. */
    record DropRows(Inode inode) implements Mend {}

    /** Removes what is wrong in a chunk: overlaps, stretches beyond the end, objects that are lost. */
    record DropExtents(Inode inode, long chunkIndex, ObjectId object) implements Mend {}

    record References(ObjectId object, long count) implements Mend {}

    record Totals(long inodeCount, long contentBytes, long sharedCount, long garbageCount) implements Mend {}
}
