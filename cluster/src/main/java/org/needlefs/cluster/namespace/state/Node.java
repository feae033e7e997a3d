package org.needlefs.cluster.namespace.state;

import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;

/**
 * All that is known of an inode but its content.
 *
 * @param parent the directory that a directory is in; 0 for anything else
 * @param entryCount of a directory
 * @param contentKind where the bytes of a file are
 * @param hasXattrs whether there is a row of extended attributes
 * @param holder the session that holds the node as an orphan; 0 if none
 * @param symlinkTarget empty for anything but a symlink
 */
public record Node(
        Attributes attributes,
        long parent,
        long entryCount,
        ContentKind contentKind,
        boolean hasXattrs,
        long holder,
        byte[] symlinkTarget) {
    public static final byte[] NO_TARGET = {};

    /** Where a file's bytes are. */
    public enum ContentKind {
        /** Nowhere: it has none, or holes only. */
        NONE,
        INLINE,
        CHUNKS
    }

    public Inode inode() {
        return attributes.inode();
    }

    public Node with(Attributes changed) {
        return new Node(changed, parent, entryCount, contentKind, hasXattrs, holder, symlinkTarget);
    }

    public Node withParent(long changed) {
        return new Node(attributes, changed, entryCount, contentKind, hasXattrs, holder, symlinkTarget);
    }

    public Node withEntryCount(long changed) {
        return new Node(attributes, parent, changed, contentKind, hasXattrs, holder, symlinkTarget);
    }

    public Node withContentKind(ContentKind changed) {
        return new Node(attributes, parent, entryCount, changed, hasXattrs, holder, symlinkTarget);
    }

    public Node withXattrs(boolean changed) {
        return new Node(attributes, parent, entryCount, contentKind, changed, holder, symlinkTarget);
    }

    public Node withHolder(long changed) {
        return new Node(attributes, parent, entryCount, contentKind, hasXattrs, changed, symlinkTarget);
    }
}
