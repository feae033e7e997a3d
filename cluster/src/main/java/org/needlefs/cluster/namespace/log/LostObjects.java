package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.namespace.check.ObjectPresence;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.EnvelopeCodec;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;
import org.needlefs.storage.segment.SegmentLog;

/**
 * Finds where a power cut parted the namespace from its objects: both are written without waiting for the disk, and the
 * disk may have kept a command and lost the object that it names. Cutting the log there leaves the filesystem as it was a
 * moment earlier, whole, instead of files whose bytes are missing.
 *
 * <p>Nothing that was synced is cut: a sync waits for the objects before it waits for the log. Nothing is taken for lost
 * that was deleted on purpose: that happens only to objects freed before a barrier ({@link LogMarks}).
 */
final class LostObjects implements RecordVisitor {
    private final ObjectPresence objects;
    private final LogMarks marks;
    private OptionalLong firstLost = OptionalLong.empty();

    private LostObjects(ObjectPresence objects, LogMarks marks) {
        this.objects = objects;
        this.marks = marks;
    }

    /** The first record from {@code fromSequence} on, behind the last barrier, that names an object which is not stored. */
    static OptionalLong find(SegmentLog segments, long fromSequence, LogMarks marks, ObjectPresence objects)
            throws IOException {
        LostObjects lost = new LostObjects(objects, marks);
        segments.scan(Math.max(fromSequence, marks.barrier() + 1), LocalLog.RECORD_BYTES_MAX, lost);
        return lost.firstLost;
    }

    @Override
    public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
        if (firstLost.isPresent() || type != LocalLog.COMMANDS || marks.isVoid(sequence)) {
            return;
        }
        byte[] body = new byte[prefix.remaining()];
        prefix.get(body);
        for (Envelope envelope : EnvelopeCodec.take(new ByteReader(body))) {
            if (!allStored(envelope.command())) {
                firstLost = OptionalLong.of(sequence);
            }
        }
    }

    private boolean allStored(Command command) throws IOException {
        if (command instanceof Command.WriteContent write
                && write.write() instanceof Write.Extents(List<Chunk> chunks)) {
            for (Chunk chunk : chunks) {
                if (!allStored(chunk.extents())) {
                    return false;
                }
            }
        }
        return !(command instanceof Command.ReplaceExtents replace) || allStored(replace.replacement());
    }

    private boolean allStored(List<Extent> extents) throws IOException {
        for (Extent extent : extents) {
            if (!objects.has(extent.object(), (long) extent.objectOffsetBytes() + extent.sizeBytes())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void damaged(long segment, long offsetBytes, long sizeBytes, String why) throws IOException {
        throw new CorruptDataException("the log is damaged in segment " + segment + " at " + offsetBytes + ": " + why);
    }
}
