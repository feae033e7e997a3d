package org.needlefs.client.vfs.file;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.needlefs.client.vfs.read.ChunkMap;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Inode;

/**
 * A node that this mount has open, shared by all its handles: the attributes last heard of, what was written and is not
 * committed, and where the committed bytes are.
 *
 * <p>Threading: any, under three locks, always taken in this order. {@link #order}: whoever changes the content (writes,
 * truncations), one after the other; may be held while waiting for buffers. {@link #commit}: whoever tells the namespace,
 * so that its commands arrive in order; held across calls of {@code FileSystem}. {@code memory}: all fields; held for memory only.
 */
public final class OpenInode {
    private final Inode inode;
    private final ReentrantLock order = new ReentrantLock();
    private final ReentrantLock commit = new ReentrantLock();
    private final ReentrantReadWriteLock memory = new ReentrantReadWriteLock();

    /** Signalled when an upload ends. */
    private final Condition uploadEnded = memory.writeLock().newCondition();

    private final StickyErrors errors = new StickyErrors();
    private final DirtyContent dirty;
    private final ChunkMap chunkMap = new ChunkMap();
    private final DirtyInodes dirtyInodes;

    private Attributes committed;
    private long modifyNanos;

    private volatile long lastChange;

    /** Its last name is gone, and this mount holds it. Set by whoever took the name, cleared by who gives it another. */
    private volatile boolean orphan;

    OpenInode(Attributes attributes, DirtyContent dirty, DirtyInodes dirtyInodes, long lastChange) {
        this.inode = attributes.inode();
        this.committed = attributes;
        this.dirty = dirty;
        this.dirtyInodes = dirtyInodes;
        this.lastChange = lastChange;
    }

    public Inode inode() {
        return inode;
    }

    public ReentrantLock order() {
        return order;
    }

    public ReentrantLock commit() {
        return commit;
    }

    public StickyErrors errors() {
        return errors;
    }

    /** Number of the last change of this mount that a sync of this file must cover. */
    public long lastChange() {
        return lastChange;
    }

    public void changed(long change) {
        lastChange = Math.max(lastChange, change); // Races lose nothing: each racer syncs at least its own change.
    }

    public boolean isOrphan() {
        return orphan;
    }

    public void setOrphan(boolean isOrphan) {
        orphan = isOrphan;
    }

    public Attributes committed() {
        memory.readLock().lock();
        try {
            return committed;
        } finally {
            memory.readLock().unlock();
        }
    }

    public long sizeBytes() {
        memory.readLock().lock();
        try {
            return Math.max(committed.sizeBytes(), dirty.end());
        } finally {
            memory.readLock().unlock();
        }
    }

    public boolean isDirty() {
        memory.readLock().lock();
        try {
            return !dirty.isEmpty();
        } finally {
            memory.readLock().unlock();
        }
    }

    /** {@code heard} or what is known to be newer, with everything that was written and is not committed. */
    public Attributes withDirty(Attributes heard) {
        hear(heard);
        memory.readLock().lock();
        try {
            return dirty.isEmpty() ? committed : overlay();
        } finally {
            memory.readLock().unlock();
        }
    }

    private Attributes overlay() {
        long size = Math.max(committed.sizeBytes(), dirty.end());
        return new Attributes(
                inode,
                committed.kind(),
                committed.permissions(),
                committed.linkCount(),
                committed.userId(),
                committed.groupId(),
                committed.deviceNumber(),
                size,
                Math.min(committed.allocatedBytes() + dirty.sizeBytes(), Math.max(size, committed.allocatedBytes())),
                committed.accessNanos(),
                modifyNanos,
                Math.max(committed.changeNanos(), modifyNanos),
                committed.birthNanos(),
                committed.version());
    }

    /** Takes attributes from the namespace; newer ones mean that content may have changed too. */
    public void hear(Attributes heard) {
        memory.readLock().lock();
        try {
            if (heard.version() <= committed.version()) {
                return;
            }
        } finally {
            memory.readLock().unlock();
        }
        memory.writeLock().lock();
        try {
            if (heard.version() > committed.version()) {
                committed = heard;
                chunkMap.clear();
            }
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** What {@code setAttributes} answered, the change being committed behind all that was written: callers hold {@link #commit}. */
    void changedAttributes(Attributes answer, Optional<Long> cutFrom, boolean setModify) {
        memory.writeLock().lock();
        try {
            cutFrom.ifPresent(dirty::cutFrom);
            if (setModify) {
                modifyNanos = answer.modifyNanos();
            }
            install(answer);
            if (cutFrom.isPresent()) {
                chunkMap.clear();
            }
            settle();
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** Committed content was changed by other means than a write, nothing being buffered: callers hold {@link #commit}. */
    void replacedContent(Attributes answer) {
        memory.writeLock().lock();
        try {
            install(answer);
            chunkMap.clear();
        } finally {
            memory.writeLock().unlock();
        }
    }

    private void install(Attributes answer) {
        if (answer.version() >= committed.version()) {
            committed = answer;
        }
    }

    /** Registers or forgets this inode as one that has something to flush, and wakes who waits for uploads. */
    private void settle() {
        if (dirty.isEmpty()) {
            dirtyInodes.remove(this);
        } else {
            dirtyInodes.add(this);
        }
        uploadEnded.signalAll();
    }

    /** Bytes taken into the buffers. */
    record Taken(int pageCount, boolean frozen) {}

    Taken write(long chunkIndex, int chunkOffset, ByteBuffer from, int sizeBytes, long nowNanos) {
        memory.writeLock().lock();
        try {
            boolean first = dirty.isEmpty();
            int pageCount = dirty.write(chunkIndex, chunkOffset, from, sizeBytes);
            boolean frozen = dirty.freezeIfComplete(chunkIndex, committed.sizeBytes());
            modifyNanos = nowNanos;
            if (first) {
                dirtyInodes.add(this);
            }
            return new Taken(pageCount, frozen);
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** The ticket up to which a flush has to wait, and how many uploads nobody has begun. */
    record Frozen(long ticket, int queuedCount) {}

    Frozen freezeAll() {
        memory.writeLock().lock();
        try {
            return new Frozen(dirty.freezeAll(committed.sizeBytes()), dirty.queuedCount());
        } finally {
            memory.writeLock().unlock();
        }
    }

    Optional<ChunkUpload> claimUpload() {
        memory.writeLock().lock();
        try {
            return dirty.claim();
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** An upload ended: its object is stored, or not yet, or never will be, in which case nobody sees its bytes any more. */
    void uploadEnded(ChunkUpload upload, boolean stored, boolean lost) {
        memory.writeLock().lock();
        try {
            if (lost) {
                upload.buffer().cutFrom(0);
            }
            upload.become(stored || lost ? ChunkUpload.State.STORED : ChunkUpload.State.FAILED);
            uploadEnded.signalAll();
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** Waits until no upload up to {@code ticket} is running. Uploads end by themselves: the store has deadlines. */
    void awaitUploads(long ticket) {
        memory.writeLock().lock();
        try {
            while (dirty.isRunningUpTo(ticket)) {
                uploadEnded.awaitUninterruptibly();
            }
        } finally {
            memory.writeLock().unlock();
        }
    }

    boolean isPendingUpTo(long ticket) {
        memory.readLock().lock();
        try {
            return dirty.isPendingUpTo(ticket);
        } finally {
            memory.readLock().unlock();
        }
    }

    /** What a commit needs to know, taken at one moment. Cuts need {@link #commit}, so it stays true while that is held. */
    record Batch(List<ChunkUpload> uploads, Attributes committed, long modifyNanos) {}

    Batch storedFirst(int chunkCountMax, int rangeCountMax) {
        memory.readLock().lock();
        try {
            return new Batch(dirty.storedFirst(chunkCountMax, rangeCountMax), committed, modifyNanos);
        } finally {
            memory.readLock().unlock();
        }
    }

    void committed(List<ChunkUpload> uploads, Attributes answer) {
        memory.writeLock().lock();
        try {
            install(answer);
            chunkMap.clearChunks(
                    uploads.stream().map(upload -> upload.buffer().chunkIndex()).toList());
            dirty.remove(uploads);
            settle();
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** Gives up what can't be stored: the file shows what is committed. */
    void dropped(List<ChunkUpload> uploads) {
        memory.writeLock().lock();
        try {
            dirty.remove(uploads);
            settle();
        } finally {
            memory.writeLock().unlock();
        }
    }

    void dropAll() {
        memory.writeLock().lock();
        try {
            while (dirty.isRunningUpTo(Long.MAX_VALUE)) {
                uploadEnded.awaitUninterruptibly();
            }
            dirty.removeAll();
            settle();
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** Runs {@code view} on a consistent state of buffers and chunk map. */
    <T> T view(View<T> view) {
        memory.readLock().lock();
        try {
            return view.of(Math.max(committed.sizeBytes(), dirty.end()), committed, dirty, chunkMap);
        } finally {
            memory.readLock().unlock();
        }
    }

    interface View<T> {
        T of(long sizeBytes, Attributes committed, DirtyContent dirty, ChunkMap chunkMap);
    }

    /** Keeps what the namespace said about chunks, unless something was committed since {@code sequence} was read. */
    void keep(long sequence, long firstChunk, int chunkCount, Content content) {
        memory.writeLock().lock();
        try {
            chunkMap.keep(sequence, firstChunk, chunkCount, content);
        } finally {
            memory.writeLock().unlock();
        }
    }

    /** Forgets where committed bytes are: their objects may have been replaced. */
    public void forgetChunks() {
        memory.writeLock().lock();
        try {
            chunkMap.clear();
        } finally {
            memory.writeLock().unlock();
        }
    }
}
