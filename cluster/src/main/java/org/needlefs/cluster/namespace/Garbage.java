package org.needlefs.cluster.namespace;

import org.needlefs.storage.ObjectId;

/**
 * An object that nobody refers to any more and that may be deleted: that it was freed survives a power cut.
 *
 * @param logIndex with {@code number} its place in the queue
 * @param freedNanos when the last reference went; whoever looked it up before may still be reading it
 */
public record Garbage(long logIndex, long number, ObjectId object, long freedNanos) {}
