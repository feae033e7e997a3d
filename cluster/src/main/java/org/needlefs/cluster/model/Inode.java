package org.needlefs.cluster.model;

import org.needlefs.storage.Check;

/** Number of a file, directory or other node of the tree; counted up by the namespace and never given out twice. */
public record Inode(long value) {
    /** The root directory. 0 is never an inode. */
    public static final Inode ROOT = new Inode(1);

    public Inode {
        Check.that(value > 0, "inode numbers start at 1");
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
