package org.needlefs.cluster.namespace.command;

import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.storage.ObjectId;

/** A correction of one row. Computed by a check while nothing else changes the namespace. */
public sealed interface Mend {
    /** Gives a node the numbers that follow from the rest of the state. */
    record Numbers(Inode inode, int linkCount, Inode parent, long entryCount, long allocatedBytes) implements Mend {}

    /** Removes an entry that leads nowhere, or that its name does not find. */
    record DropEntry(Inode parent, long cookie) implements Mend {}

    /** Names a node that cannot be reached; its link count follows by {@link Numbers}. */
    record Adopt(Inode inode, Inode parent, Name name) implements Mend {}

    /** Ends the hold of a session on a node; without a name it is adopted after that. */
    record LetGo(long session, Inode inode) implements Mend {}

    /** Forgets the content of a node that must not have any; its extended attributes too if it is not there. */
    record DropRows(Inode inode) implements Mend {}

    /** Removes an object from a chunk: it is lost, or its stretch overlaps others. A chunk without any extent goes. */
    record DropExtents(Inode inode, long chunkIndex, ObjectId object) implements Mend {}

    record References(ObjectId object, long count) implements Mend {}

    /** @param nextInode no new inode gets a lower number */
    record Totals(long inodeCount, long contentBytes, long sharedCount, long garbageCount, long nextInode)
            implements Mend {}

    /** Cuts off what a file has behind its size, in one chunk or inline. */
    record CutBehindEnd(Inode inode, long chunkIndex) implements Mend {}

    /** Drops the inline bytes or the chunks of a file that has both: those that the node does not speak of. */
    record KeepOneContent(Inode inode) implements Mend {}

    /** Lets an entry say of which kind its node is. */
    record RetypeEntry(Inode parent, long cookie) implements Mend {}

    /** Takes an object that is in use out of the queue of those to be deleted. */
    record DropGarbage(long logIndex, long number) implements Mend {}
}
