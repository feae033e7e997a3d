package org.needlefs.client.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.XattrMode;

/**
 * What a FUSE binding needs: the calls of a filesystem, inode by inode, as an application on this mount sees them.
 * The vfs implements it for real, a null filesystem for measuring bindings.
 *
 * <p>Attributes that come back include what this mount has written and not yet flushed. Handles are numbers that the
 * binding passes back unchanged; one that is not open is EBADF. Threading: any, calls on one file may overlap.
 * Throws {@link FsException} for an answer, another {@link IOException} for EIO. Buffers are borrowed until return.
 */
public interface FileOperations {
    /** @throws FsException ENOENT if there is no such entry */
    Attributes lookup(Inode parent, Name name) throws IOException;

    /** The directory that a directory is in. */
    Inode parent(Inode directory) throws IOException;

    Attributes attributes(Inode inode) throws IOException;

    /** Also truncates: the size is set behind all writes that returned. */
    Attributes setAttributes(Inode inode, AttributeChange change) throws IOException;

    byte[] readSymlink(Inode inode) throws IOException;

    Attributes make(Inode parent, Name name, NewNode node) throws IOException;

    Attributes link(Inode inode, Inode newParent, Name newName) throws IOException;

    /** What is open goes on working until its last handle is released. */
    void unlink(Inode parent, Name name) throws IOException;

    void removeDirectory(Inode parent, Name name) throws IOException;

    void rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode) throws IOException;

    /** Opens a file with open(2)'s flags (access mode, O_APPEND, O_TRUNC, O_DIRECT, O_SYNC, O_DSYNC count). */
    OpenFile open(Inode inode, int flags) throws IOException;

    /** Makes a file and opens it in one step. @throws FsException EEXIST */
    Created create(Inode parent, Name name, NewNode node, int flags) throws IOException;

    /** Makes a file without a name and opens it (O_TMPFILE). */
    Created createOrphan(NewNode node, int flags) throws IOException;

    /** Fills {@code into} from {@code offsetBytes}; returns how many bytes, fewer than asked for only at the end of the file. */
    int read(long handle, long offsetBytes, ByteBuffer into) throws IOException;

    /**
     * Takes all of {@code from}; visible to every later read on this mount. A handle opened with O_APPEND writes at the
     * end of the file. With O_SYNC or O_DSYNC it is also durable. May block while the write buffers are full.
     */
    int write(long handle, long offsetBytes, ByteBuffer from) throws IOException;

    /** close(2) of one descriptor: returns once everything written through it is stored, or with the error why not. */
    void flush(long handle) throws IOException;

    /** Returns once data, size and name survive a power cut, or with the first error since the last call that reported it. */
    void sync(long handle, boolean dataOnly) throws IOException;

    /** The last descriptor is gone. Flushes what a kernel did not ask to flush. */
    void release(long handle) throws IOException;

    void allocate(long handle, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException;

    /** The next offset with data (or the next hole, if {@code hole}) from {@code offsetBytes} on. @throws FsException ENXIO */
    long seek(long handle, long offsetBytes, boolean hole) throws IOException;

    /** copy_file_range(2): how many bytes were copied, 0 at the source's end. */
    long copyRange(long source, long sourceOffsetBytes, long target, long targetOffsetBytes, long sizeBytes)
            throws IOException;

    long openDirectory(Inode inode) throws IOException;

    /** Up to {@code countMax} entries behind {@code cookie} (0: from the start); without "." and "..". */
    List<Entry> list(long handle, long cookie, int countMax) throws IOException;

    void syncDirectory(long handle) throws IOException;

    void releaseDirectory(long handle) throws IOException;

    byte[] xattr(Inode inode, Name name) throws IOException;

    List<Name> xattrs(Inode inode) throws IOException;

    void setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException;

    void removeXattr(Inode inode, Name name) throws IOException;

    Usage usage() throws IOException;

    /** syncfs(2): everything that returned before is durable. */
    void syncAll() throws IOException;

    /**
     * An open file.
     *
     * @param keepCache the kernel's pages of this file are still right
     */
    record OpenFile(long handle, boolean keepCache) {}

    /** A file just made and opened. */
    record Created(Attributes attributes, OpenFile file) {}
}
