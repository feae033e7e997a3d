package org.needlefs.client.vfs.file;

import java.util.ArrayList;
import java.util.List;
import org.needlefs.client.vfs.buffer.ChunkBuffer;
import org.needlefs.client.vfs.buffer.RangeSet;
import org.needlefs.cluster.model.Extent;
import org.needlefs.storage.ObjectId;

/**
 * A frozen buffer on its way into the store: its object, and how far it has come. Putting it again after a failure uses
 * the same id, because the bytes are the same. Threading: state is confined to the file's memory lock.
 */
final class ChunkUpload {
    enum State {
        /** Waits for somebody to upload it. */
        QUEUED,
        /** One thread is uploading it, without a lock. */
        RUNNING,
        /** Ready to be committed: its object is stored, or it is so small that it may go into the inode. */
        STORED,
        /** The upload failed and may be tried again by the next flush. */
        FAILED
    }

    private final long ticket;
    private final ObjectId object;
    private final ChunkBuffer buffer;
    private final boolean mayBeInline;
    private State state = State.QUEUED;

    /** Set by the one thread that uploads or commits it. */
    private volatile boolean objectStored;

    ChunkUpload(long ticket, ObjectId object, ChunkBuffer buffer, boolean mayBeInline) {
        this.ticket = ticket;
        this.object = object;
        this.buffer = buffer;
        this.mayBeInline = mayBeInline;
    }

    /** Counts up in the order of freezing, which is the order of committing. */
    long ticket() {
        return ticket;
    }

    ObjectId object() {
        return object;
    }

    ChunkBuffer buffer() {
        return buffer;
    }

    /** The file may still be small enough to live in its inode; decided when it is committed. */
    boolean mayBeInline() {
        return mayBeInline;
    }

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    boolean objectStored() {
        return objectStored;
    }

    void markObjectStored() {
        objectStored = true;
    }

    /** What to commit: the ranges as they stand in the object, but for what was cut off since. */
    List<Extent> extents() {
        RangeSet layout = buffer.layout();
        int liveEnd = buffer.ranges().lastEnd(); // Only tails are cut from frozen buffers.
        List<Extent> extents = new ArrayList<>(layout.count());
        int objectOffset = 0;
        for (int i = 0; i < layout.count() && layout.start(i) < liveEnd; i++) {
            int size = Math.min(layout.end(i), liveEnd) - layout.start(i);
            extents.add(new Extent(layout.start(i), size, object, objectOffset));
            objectOffset += layout.end(i) - layout.start(i);
        }
        return extents;
    }
}
