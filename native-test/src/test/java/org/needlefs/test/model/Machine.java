package org.needlefs.test.model;

import java.util.SortedMap;

/**
 * What steps are applied to: the kernel with a real filesystem, and the model. Open files are known by their slot; a
 * slot that is used again is closed first, and a step on an empty slot answers {@link Outcome#NO_FILE}.
 */
interface Machine {
    Outcome open(int slot, String path, int flags, int mode);

    Outcome close(int slot);

    Outcome read(int slot, long offset, int size);

    Outcome write(int slot, long offset, byte[] bytes);

    Outcome truncateOpen(int slot, long size);

    Outcome allocate(int slot, int mode, long offset, long size);

    Outcome copy(int source, long sourceOffset, int target, long targetOffset, long size);

    Outcome sync(int slot);

    Outcome statusOpen(int slot);

    Outcome truncate(String path, long size);

    Outcome status(String path);

    Outcome list(String path);

    Outcome makeDirectory(String path, int mode);

    Outcome makeNode(String path, int mode);

    Outcome removeDirectory(String path);

    Outcome unlink(String path);

    Outcome link(String from, String to);

    Outcome symlink(String target, String path);

    Outcome readSymlink(String path);

    Outcome rename(String from, String to, int flags);

    Outcome changeMode(String path, int mode);

    Outcome changeOwner(String path, int uid, int gid);

    Outcome setModifyTime(String path, long nanos);

    Outcome setXattr(String path, String name, String value, int flags);

    Outcome xattr(String path, String name);

    Outcome removeXattr(String path, String name);

    Outcome xattrs(String path);

    /** Everything there is, by path: what a walk over the tree sees. */
    SortedMap<String, Outcome> tree();
}
