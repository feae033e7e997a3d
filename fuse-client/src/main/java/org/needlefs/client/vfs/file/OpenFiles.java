package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import org.needlefs.client.vfs.buffer.PagePool;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.client.vfs.merge.ChunkMerger;
import org.needlefs.client.vfs.read.BlockCache;
import org.needlefs.client.vfs.read.ExtentReader;
import org.needlefs.client.vfs.read.ReadAheadWindow;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.object.ObjectClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of a mount and all that is done with them; wires the parts of this package together.
 *
 * <p>Guarantee: what {@link #write} took is seen by every later {@link #read} of this mount; once {@link #flush} returned
 * it is committed, once {@link #sync} returned it is durable, and what could not be is told by one of them to every handle.
 * Threading: any. Borrows buffers until it returns. Throws: as {@code FileOperations}.
 */
public final class OpenFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    private static final int READ_AHEAD_THREADS = 2;

    private final FileSystem fileSystem;
    private final VfsConfig config;
    private final Durability durability;
    private final ObjectWriter objects;
    private final PagePool pool;
    private final DirtyInodes dirtyInodes = new DirtyInodes();
    private final OpenInodes openInodes = new OpenInodes();
    private final BlockCache blocks;
    private final FileReader reader;
    private final Prefetcher prefetcher;
    private final ChunkMerger merger;
    private final Uploader uploader;
    private final Flusher flusher;
    private final FileWriter writer;
    private final FileChanges changes;
    private final AgedFlush agedFlush;

    public OpenFiles(FileSystem fileSystem, ObjectClient client, VfsConfig config, InstantSource clock) {
        this.fileSystem = fileSystem;
        this.config = config;
        this.durability = new Durability(fileSystem, client);
        this.objects = new ObjectWriter(client, durability, fileSystem.session());
        this.pool = new PagePool(config.pageSizeBytes(), config.pageCount());
        this.blocks = new BlockCache(client, config.blockSizeBytes(), config.blockCacheBytes());
        ExtentReader extents = new ExtentReader(blocks);
        this.reader = new FileReader(fileSystem, extents);
        this.prefetcher = new Prefetcher(reader, READ_AHEAD_THREADS);
        this.merger = new ChunkMerger(fileSystem, extents, objects, this::forgetChunks, config.mergeExtentCount());
        Committer committer = new Committer(
                fileSystem, objects, durability, (file, chunks) -> merger.committed(file.inode(), chunks));
        this.uploader = new Uploader(objects, committer, config.uploadThreadCount());
        this.flusher = new Flusher(uploader, committer);
        WriteBudget budget = new WriteBudget(pool, dirtyInodes, flusher, config.waitMillisMax());
        this.writer = new FileWriter(fileSystem.geometry(), budget, flusher, new SpaceCheck(fileSystem), clock);
        this.changes = new FileChanges(fileSystem, flusher, committer, durability, clock);
        this.agedFlush = new AgedFlush(dirtyInodes, flusher, config.dirtyMillisMax());
        agedFlush.start();
        merger.start();
    }

    private void forgetChunks(Inode inode) {
        openInodes.find(inode).ifPresent(OpenInode::forgetChunks);
    }

    public Durability durability() {
        return durability;
    }

    public ChunkMerger merger() {
        return merger;
    }

    public BlockCache blocks() {
        return blocks;
    }

    public long bufferedBytes() {
        return (long) pool.usedCount() * pool.pageSizeBytes();
    }

    public int uploadsInFlight() {
        return uploader.inFlightCount();
    }

    /** The node if this mount has it open. */
    public Optional<OpenInode> find(Inode inode) {
        return openInodes.find(inode);
    }

    /** Attributes from the namespace as this mount sees them. */
    public Attributes seen(Attributes heard) {
        Optional<OpenInode> file = openInodes.find(heard.inode());
        return file.isPresent() ? file.get().withDirty(heard) : heard;
    }

    /** Counts one more use of a node that is there. @throws org.needlefs.cluster.model.FsException ENOENT */
    public OpenInode use(Inode inode) throws IOException {
        return openInodes.open(inode, () -> fileSystem.attributes(inode), this::make);
    }

    /** As {@link #use}, of a node just made. */
    public OpenInode use(Attributes made) throws IOException {
        return openInodes.open(made.inode(), () -> made, this::make);
    }

    private OpenInode make(Attributes attributes) {
        DirtyContent dirty = new DirtyContent(pool, fileSystem.geometry(), objects::nextId);
        return new OpenInode(attributes, dirty, dirtyInodes, durability.lastChange());
    }

    public FileHandle handle(OpenInode file, int flags) {
        return new FileHandle(file, flags, new ReadAheadWindow(config.readAheadBytesMax()));
    }

    /** Runs an action that may take a node's last name, knowing whether the node is open. */
    public <T> T removing(Inode victim, Removal<T> removal) throws IOException {
        return openInodes.whileNobodyOpens(victim, () -> removal.run(openInodes.find(victim)));
    }

    /** Removes a name; {@code open} is the victim if this mount has it open. */
    public interface Removal<T> {
        T run(Optional<OpenInode> open) throws IOException;
    }

    public int read(FileHandle handle, long offsetBytes, ByteBuffer into) throws IOException {
        int readBytes = reader.read(handle.file(), offsetBytes, into);
        prefetcher.submit(handle.file(), handle.readAhead().afterRead(offsetBytes, readBytes));
        return readBytes;
    }

    public int write(FileHandle handle, long offsetBytes, ByteBuffer from) throws IOException {
        handle.markWritten();
        int takenBytes = writer.write(handle.file(), handle.appends(), offsetBytes, from);
        if (handle.syncsWrites()) {
            sync(handle);
        }
        return takenBytes;
    }

    /** Commits what was written, if anything was written through this handle, and tells errors. */
    public void flush(FileHandle handle) throws IOException {
        boolean useless = handle.file().isOrphan() || !handle.hasWritten(); // Nobody can open an orphan.
        boolean clean = useless || flusher.flush(handle.file());
        tell(handle, clean);
    }

    public void sync(FileHandle handle) throws IOException {
        OpenInode file = handle.file();
        boolean clean = flusher.flush(file);
        tell(handle, clean);
        try {
            durability.sync(Math.max(file.lastChange(), durability.lastNameChange()));
        } catch (IOException error) {
            file.errors().record(error);
            tell(handle, false);
        }
    }

    private static void tell(FileHandle handle, boolean clean) throws IOException {
        handle.errors().throwNew();
        if (!clean) { // Another call on this handle was told while this one was failing too.
            throw Errno.EIO.because(
                    "inode %s has data that can't be stored", handle.file().inode());
        }
    }

    /** Commits what was written to a file by whatever handle. */
    public void flush(OpenInode file) throws IOException {
        if (!flusher.flush(file)) {
            throw Errno.EIO.because("inode %s has data that can't be stored", file.inode());
        }
    }

    public Attributes setAttributes(OpenInode file, AttributeChange change) throws IOException {
        return changes.setAttributes(file, change);
    }

    public void allocate(FileHandle handle, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException {
        changes.allocate(handle.file(), mode, offsetBytes, sizeBytes);
    }

    public long seek(FileHandle handle, long offsetBytes, boolean hole) throws IOException {
        return reader.seek(handle.file(), offsetBytes, hole);
    }

    public boolean share(FileHandle source, long sourceOffset, FileHandle target, long targetOffset, long sizeBytes)
            throws IOException {
        target.markWritten();
        return changes.share(source.file(), sourceOffset, target.file(), targetOffset, sizeBytes);
    }

    /** One use less. What the last user leaves is committed, or reported in the log if that can't be done. */
    public void release(OpenInode file) throws IOException {
        if (!file.isOrphan()) {
            flusher.flush(file);
        }
        openInodes.close(file, last -> {
            drop(last);
            if (last.isOrphan()) {
                fileSystem.release(last.inode());
                last.changed(durability.changed());
            }
        });
    }

    private void drop(OpenInode file) {
        file.commit().lock();
        try {
            if (file.isDirty()) {
                if (!file.isOrphan()) {
                    LOG.error("data of inode {} could not be stored and is lost", file.inode());
                }
                file.dropAll();
            }
        } finally {
            file.commit().unlock();
        }
    }

    /** Commits what was written to all files. @throws IOException if any of it can't be; its handles are told too */
    public void flushAll() throws IOException {
        boolean clean = true;
        for (OpenInode file : dirtyInodes.all()) {
            clean &= flusher.flush(file);
        }
        if (!clean) {
            throw Errno.EIO.because("some files have data that can't be stored");
        }
    }

    /** Stops all threads; what is running is finished. */
    @Override
    public void close() {
        agedFlush.close();
        prefetcher.close();
        uploader.close();
        merger.close();
    }
}
