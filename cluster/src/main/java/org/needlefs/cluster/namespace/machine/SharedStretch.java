package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.state.Node;

/** Moves the extents of one stretch of a file to another place, cut anew at the borders of chunks. */
final class SharedStretch {
    private final Command.ShareExtents command;
    private final int chunkSizeBytes;

    SharedStretch(Command.ShareExtents command, int chunkSizeBytes) {
        this.command = command;
        this.chunkSizeBytes = chunkSizeBytes;
    }

    /** What becomes of one chunk of the target. */
    record Change(long chunkIndex, List<Extent> before, List<Extent> after) {}

    void refuse(Node source) throws IOException {
        long sourceEnd = command.sourceOffsetBytes() + command.sizeBytes();
        if (command.sourceOffsetBytes() < 0 || command.targetOffsetBytes() < 0 || command.sizeBytes() <= 0) {
            throw Errno.EINVAL.because("a stretch of %d bytes at %d", command.sizeBytes(), command.sourceOffsetBytes());
        }
        if (sourceEnd < 0 || sourceEnd > source.attributes().sizeBytes()) {
            throw Errno.EINVAL.because(
                    "the stretch leaves the source at %d", source.attributes().sizeBytes());
        }
        if (command.targetOffsetBytes() + command.sizeBytes() < 0) {
            throw Errno.EFBIG.because("the stretch ends beyond every size");
        }
        if (source.contentKind() == Node.ContentKind.INLINE) {
            throw Errno.EINVAL.because(
                    "inode %d has no extents to share", source.inode().value());
        }
        long distance = Math.abs(command.sourceOffsetBytes() - command.targetOffsetBytes());
        if (command.source().equals(command.target()) && distance < command.sizeBytes()) {
            throw Errno.EINVAL.because("the stretches overlap");
        }
    }

    List<Change> changes(ChunkRows chunks) throws IOException {
        long first = command.targetOffsetBytes() / chunkSizeBytes;
        long end = command.targetOffsetBytes() + command.sizeBytes();
        long last = (end - 1) / chunkSizeBytes;
        Map<Long, List<Extent>> incoming = incoming(chunks);
        Map<Long, List<Extent>> present = new TreeMap<>();
        for (Chunk chunk : chunks.range(command.target(), first, last)) {
            present.put(chunk.index(), chunk.extents());
        }
        Map<Long, List<Extent>> touched = new TreeMap<>(present);
        incoming.forEach(touched::putIfAbsent);
        List<Change> changes = new ArrayList<>();
        for (long index : touched.keySet()) {
            List<Extent> before = present.getOrDefault(index, List.of());
            int from = (int) Math.max(0, command.targetOffsetBytes() - index * chunkSizeBytes);
            int to = (int) Math.min(chunkSizeBytes, end - index * chunkSizeBytes);
            List<Extent> bare = ExtentLists.cut(before, from, to);
            changes.add(new Change(index, before, ExtentLists.merge(bare, incoming.getOrDefault(index, List.of()))));
        }
        return changes;
    }

    /** The source's extents at their places in the target, by chunk. */
    private Map<Long, List<Extent>> incoming(ChunkRows chunks) throws IOException {
        long sourceEnd = command.sourceOffsetBytes() + command.sizeBytes();
        long first = command.sourceOffsetBytes() / chunkSizeBytes;
        long last = (sourceEnd - 1) / chunkSizeBytes;
        Map<Long, List<Extent>> incoming = new TreeMap<>();
        for (Chunk chunk : chunks.range(command.source(), first, last)) {
            long chunkStart = chunk.index() * chunkSizeBytes;
            int from = (int) Math.max(0, command.sourceOffsetBytes() - chunkStart);
            int to = (int) Math.min(chunkSizeBytes, sourceEnd - chunkStart);
            for (Extent extent : ExtentLists.clip(chunk.extents(), from, to)) {
                long moved = chunkStart
                        + extent.chunkOffsetBytes()
                        - command.sourceOffsetBytes()
                        + command.targetOffsetBytes();
                place(incoming, extent, moved);
            }
        }
        return incoming;
    }

    private void place(Map<Long, List<Extent>> incoming, Extent extent, long targetOffsetBytes) {
        int doneBytes = 0;
        while (doneBytes < extent.sizeBytes()) {
            long position = targetOffsetBytes + doneBytes;
            int inChunk = (int) (position % chunkSizeBytes);
            int sizeBytes = Math.min(extent.sizeBytes() - doneBytes, chunkSizeBytes - inChunk);
            incoming.computeIfAbsent(position / chunkSizeBytes, _ -> new ArrayList<>())
                    .add(new Extent(inChunk, sizeBytes, extent.object(), extent.objectOffsetBytes() + doneBytes));
            doneBytes += sizeBytes;
        }
    }
}
