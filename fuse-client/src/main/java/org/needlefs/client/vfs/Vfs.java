package org.needlefs.client.vfs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.client.vfs.file.FileHandle;
import org.needlefs.client.vfs.file.OpenFiles;
import org.needlefs.client.vfs.file.OpenInode;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.cluster.object.ObjectClient;

/**
 * The filesystem as applications of one mount see it, over a namespace and a store of objects, wherever those are.
 *
 * <p>Guarantee: as {@link FileOperations} says; attributes and entries are always asked for and never cached, so other mounts'
 * changes show at once, and content of a file at the latest when it is opened. Access modes of handles are checked by the kernel.
 * Bound: {@link VfsConfig}. Threading: any. Borrows buffers until a call returns.
 */
public final class Vfs implements FileOperations, Closeable {
    private static final int SEEN_COUNT_MAX = 1 << 16;

    private final FileSystem fileSystem;
    private final OpenFiles files;
    private final SeenVersions seen = new SeenVersions(SEEN_COUNT_MAX);
    private final NameOperations names;
    private final RangeCopy rangeCopy;
    private final HandleTable<FileHandle> handles;
    private final HandleTable<OpenInode> directories;

    public Vfs(FileSystem fileSystem, ObjectClient objects, VfsConfig config, InstantSource clock) {
        this.fileSystem = fileSystem;
        this.files = new OpenFiles(fileSystem, objects, config, clock);
        this.names = new NameOperations(fileSystem, files, seen);
        this.rangeCopy = new RangeCopy(files, fileSystem.geometry());
        this.handles = new HandleTable<>(config.handleCountMax());
        this.directories = new HandleTable<>(config.handleCountMax());
    }

    public VfsGauges gauges() {
        return new VfsGauges(
                files.bufferedBytes(),
                files.blocks().sizeBytes(),
                handles.count(),
                directories.count(),
                files.uploadsInFlight(),
                files.blocks().hitCount(),
                files.blocks().missCount(),
                files.merger().mergedCount());
    }

    /** Returns once background merging has nothing left to do. */
    void awaitMerged() throws InterruptedException {
        files.merger().awaitIdle();
    }

    @Override
    public Attributes lookup(Inode parent, Name name) throws IOException {
        return names.lookup(parent, name);
    }

    @Override
    public Inode parent(Inode directory) throws IOException {
        return fileSystem.parent(directory);
    }

    @Override
    public Attributes attributes(Inode inode) throws IOException {
        return files.seen(fileSystem.attributes(inode));
    }

    @Override
    public Attributes setAttributes(Inode inode, AttributeChange change) throws IOException {
        Optional<OpenInode> open = files.find(inode);
        if (open.isEmpty() && change.sizeBytes().isEmpty()) {
            Attributes answer = fileSystem.setAttributes(inode, change);
            files.durability().changed();
            seen.changed(answer);
            return files.seen(answer);
        }
        OpenInode file = files.use(inode);
        try {
            Attributes answer = files.setAttributes(file, change);
            seen.changed(answer);
            return answer;
        } finally {
            files.release(file);
        }
    }

    @Override
    public byte[] readSymlink(Inode inode) throws IOException {
        return fileSystem.readSymlink(inode);
    }

    @Override
    public Attributes make(Inode parent, Name name, NewNode node) throws IOException {
        return names.make(parent, name, node);
    }

    @Override
    public Attributes link(Inode inode, Inode newParent, Name newName) throws IOException {
        return names.link(inode, newParent, newName);
    }

    @Override
    public void unlink(Inode parent, Name name) throws IOException {
        names.unlink(parent, name);
    }

    @Override
    public void removeDirectory(Inode parent, Name name) throws IOException {
        names.removeDirectory(parent, name);
    }

    @Override
    public void rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode) throws IOException {
        names.rename(parent, name, newParent, newName, mode);
    }

    @Override
    public OpenFile open(Inode inode, int flags) throws IOException {
        Optional<Long> knownVersion =
                files.find(inode).map(file -> file.committed().version());
        OpenInode file = files.use(inode);
        try {
            Attributes attributes = file.committed();
            if (!attributes.isFile()) {
                throw (attributes.isDirectory() ? Errno.EISDIR : Errno.EINVAL)
                        .because("inode %s is a %s", inode, attributes.kind());
            }
            boolean keepCache =
                    knownVersion.isPresent() ? knownVersion.get() == attributes.version() : seen.isSame(attributes);
            if ((flags & FileHandle.O_TRUNC) != 0) {
                seen.changed(files.setAttributes(file, AttributeChange.NONE.withSizeBytes(0)));
            }
            return new OpenFile(handles.add(files.handle(file, flags)), keepCache);
        } catch (IOException refused) {
            files.release(file);
            throw refused;
        }
    }

    @Override
    public Created create(Inode parent, Name name, NewNode node, int flags) throws IOException {
        return created(names.make(parent, name, node), flags, false);
    }

    @Override
    public Created createOrphan(NewNode node, int flags) throws IOException {
        return created(names.makeOrphan(node), flags, true);
    }

    private Created created(Attributes made, int flags, boolean orphan) throws IOException {
        if (made.kind() != NodeKind.FILE) {
            throw Errno.EINVAL.because("only a file is opened as it is made");
        }
        OpenInode file = files.use(made);
        file.setOrphan(orphan);
        try {
            return new Created(made, new OpenFile(handles.add(files.handle(file, flags)), false));
        } catch (IOException refused) {
            files.release(file);
            throw refused;
        }
    }

    @Override
    public int read(long handle, long offsetBytes, ByteBuffer into) throws IOException {
        return files.read(handles.get(handle), offsetBytes, into);
    }

    @Override
    public int write(long handle, long offsetBytes, ByteBuffer from) throws IOException {
        return files.write(handles.get(handle), offsetBytes, from);
    }

    @Override
    public void flush(long handle) throws IOException {
        files.flush(handles.get(handle));
    }

    /** Data and everything else become durable together: there is nothing to save by leaving something out. */
    @Override
    public void sync(long handle, boolean dataOnly) throws IOException {
        files.sync(handles.get(handle));
    }

    @Override
    public void release(long handle) throws IOException {
        OpenInode file = handles.remove(handle).file();
        try {
            files.release(file);
        } finally {
            seen.saw(file.committed());
        }
    }

    @Override
    public void allocate(long handle, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException {
        files.allocate(handles.get(handle), mode, offsetBytes, sizeBytes);
    }

    @Override
    public long seek(long handle, long offsetBytes, boolean hole) throws IOException {
        return files.seek(handles.get(handle), offsetBytes, hole);
    }

    @Override
    public long copyRange(long source, long sourceOffsetBytes, long target, long targetOffsetBytes, long sizeBytes)
            throws IOException {
        return rangeCopy.copy(
                handles.get(source), sourceOffsetBytes, handles.get(target), targetOffsetBytes, sizeBytes);
    }

    @Override
    public long openDirectory(Inode inode) throws IOException {
        OpenInode directory = files.use(inode);
        try {
            if (!directory.committed().isDirectory()) {
                throw Errno.ENOTDIR.because(
                        "inode %s is a %s", inode, directory.committed().kind());
            }
            return directories.add(directory);
        } catch (IOException refused) {
            files.release(directory);
            throw refused;
        }
    }

    @Override
    public List<Entry> list(long handle, long cookie, int countMax) throws IOException {
        OpenInode directory = directories.get(handle);
        if (directory.isOrphan()) {
            return List.of(); // It was empty when it was removed, and nothing can be made in it.
        }
        List<Entry> entries = new ArrayList<>(fileSystem.list(directory.inode(), cookie, countMax));
        entries.replaceAll(entry -> {
            Attributes seenHere = files.seen(entry.attributes());
            return seenHere.equals(entry.attributes()) ? entry : new Entry(entry.name(), entry.cookie(), seenHere);
        });
        return entries;
    }

    @Override
    public void syncDirectory(long handle) throws IOException {
        files.durability().sync(directoryChange(directories.get(handle)));
    }

    private long directoryChange(OpenInode directory) {
        return Math.max(directory.lastChange(), files.durability().lastNameChange());
    }

    @Override
    public void releaseDirectory(long handle) throws IOException {
        files.release(directories.remove(handle));
    }

    @Override
    public byte[] xattr(Inode inode, Name name) throws IOException {
        XattrNames.check(name);
        return fileSystem.xattr(inode, name);
    }

    @Override
    public List<Name> xattrs(Inode inode) throws IOException {
        return fileSystem.xattrs(inode);
    }

    @Override
    public void setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException {
        XattrNames.check(name);
        changedXattr(fileSystem.setXattr(inode, name, value, mode));
    }

    @Override
    public void removeXattr(Inode inode, Name name) throws IOException {
        XattrNames.check(name);
        changedXattr(fileSystem.removeXattr(inode, name));
    }

    private void changedXattr(Attributes answer) {
        long change = files.durability().changed();
        files.find(answer.inode()).ifPresent(file -> file.changed(change));
        seen.changed(answer);
    }

    @Override
    public Usage usage() throws IOException {
        return fileSystem.usage();
    }

    /** @throws FsException EIO if a file has data that can't be stored; its handles are told the reason */
    @Override
    public void syncAll() throws IOException {
        files.flushAll();
        files.durability().syncAll();
    }

    /** Stores everything and makes it durable, then stops all threads. Handles must not be used any more. */
    @Override
    public void close() throws IOException {
        try {
            syncAll();
        } finally {
            files.close();
        }
    }
}
