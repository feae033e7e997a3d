package org.needlefs.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;

/**
 * The namespace as a mount sees it, inode by inode: the same whether it lives in this process or behind a network.
 *
 * <p>Guarantee: a call that returned has happened, exactly once, and is seen by every later call; it survives the death
 * of this process. Only {@link #sync} makes it survive a power cut. Reads are linearizable.
 *
 * <p>Who may do what is the caller's business (the kernel checks permissions); types, names, links and limits are
 * checked here. Threading: any. Throws: {@link FsException} for an ordinary refusal; any other {@link IOException} if the
 * namespace can't be reached or is broken, in which case the call may or may not have happened.
 */
public interface FileSystem {
    Geometry geometry();

    /** A number that no session had before, for the upper half of object ids that this mount makes. */
    long session();

    /** @throws FsException ENOENT, ESTALE never: a number that was freed is ENOENT */
    Attributes attributes(Inode inode) throws IOException;

    /** The node under {@code name}; empty if there is none. @throws FsException ENOTDIR, ENOENT (no such parent) */
    Optional<Attributes> lookup(Inode parent, Name name) throws IOException;

    /** The directory that a directory is in; the root's is itself. */
    Inode parent(Inode directory) throws IOException;

    /**
     * Up to {@code countMax} entries behind {@code cookie} (0: from the start), in cookie order; fewer only at the end.
     * An entry that is there all the while is listed once. Memory is bounded by {@code countMax}.
     */
    List<Entry> list(Inode directory, long cookie, int countMax) throws IOException;

    /** A copy of a symlink's target. @throws FsException EINVAL if it is none */
    byte[] readSymlink(Inode inode) throws IOException;

    /** @throws FsException EEXIST, ENOTDIR, ENOENT (the parent is gone), ENOSPC, EINVAL */
    Attributes make(Inode parent, Name name, NewNode node) throws IOException;

    /**
     * A file that no name leads to, held by this session until {@link #release} (O_TMPFILE); {@link #link} may name it.
     */
    Attributes makeOrphan(NewNode node) throws IOException;

    /** @throws FsException EEXIST, EPERM (a directory), EMLINK, ENOENT */
    Attributes link(Inode inode, Inode newParent, Name newName) throws IOException;

    /**
     * Removes a name of anything but a directory. With its last name the node goes, unless {@code hold}: then this
     * session holds it as an orphan until {@link #release}. @throws FsException ENOENT, EISDIR
     */
    Attributes unlink(Inode parent, Name name, boolean hold) throws IOException;

    /** @throws FsException ENOENT, ENOTDIR, ENOTEMPTY */
    void removeDirectory(Inode parent, Name name, boolean hold) throws IOException;

    /**
     * Renames atomically, following rename(2) and renameat2(2) in every refusal. A node that loses its last name by
     * being replaced goes, unless {@code hold}. Returns the node that was replaced, with its new link count.
     *
     * @throws FsException ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, EINVAL (a directory into itself), EMLINK
     */
    Optional<Attributes> rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode, boolean hold)
            throws IOException;

    /** Gives up an orphan that this session holds: node and content go. No effect on a node that has a name. */
    void release(Inode inode) throws IOException;

    /** Changes attributes at once. @throws FsException EINVAL or EISDIR (a size for what is no file), EFBIG */
    Attributes setAttributes(Inode inode, AttributeChange change) throws IOException;

    /** Where the bytes of chunks {@code firstChunk} to {@code firstChunk + chunkCount - 1} are. @throws FsException EINVAL, EISDIR */
    Content content(Inode inode, long firstChunk, int chunkCount) throws IOException;

    /**
     * Makes new content visible in one step; the objects of {@code write} must be stored. The file is at least
     * {@code sizeAtLeastBytes} long afterwards ({@link Write.Whole}: as long as the bytes). Modify time becomes
     * {@code modifyNanos}, setuid and setgid bits go if {@code dropPrivileges}.
     */
    Attributes write(Inode inode, Write write, long sizeAtLeastBytes, long modifyNanos, boolean dropPrivileges)
            throws IOException;

    /**
     * Replaces the extents of a chunk by others with the same bytes, if they are still {@code expected}; false if not.
     * Changes no attribute: nobody can tell but by speed and space.
     */
    boolean replaceExtents(Inode inode, long chunkIndex, List<Extent> expected, List<Extent> replacement)
            throws IOException;

    /**
     * Lets a stretch of {@code target} share the objects of a stretch of {@code source} (copy_file_range, clone); moves
     * no bytes. Offsets are multiples of nothing in particular; {@code source} must be chunks, not inline.
     * Returns the attributes of {@code target}.
     */
    Attributes shareExtents(
            Inode source,
            long sourceOffsetBytes,
            Inode target,
            long targetOffsetBytes,
            long sizeBytes,
            long modifyNanos)
            throws IOException;

    /** fallocate(2) but for reserving space. @throws FsException EFBIG, EINVAL, EISDIR, ENODEV */
    Attributes allocate(Inode inode, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException;

    /** A copy of the value. @throws FsException ENODATA */
    byte[] xattr(Inode inode, Name name) throws IOException;

    List<Name> xattrs(Inode inode) throws IOException;

    /** @throws FsException EEXIST, ENODATA, E2BIG (value over 64 KiB), ENOSPC (all values of the inode over 1 MiB) */
    Attributes setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException;

    /** @throws FsException ENODATA */
    Attributes removeXattr(Inode inode, Name name) throws IOException;

    Usage usage() throws IOException;

    /** Returns once all that returned before this call is on stable media and survives a power cut. */
    void sync() throws IOException;
}
