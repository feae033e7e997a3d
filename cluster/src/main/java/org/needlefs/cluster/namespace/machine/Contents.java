package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.state.Node.ContentKind;
import org.needlefs.cluster.namespace.store.Key;

/**
 * The content of files: inline bytes or extents in chunks, never both. No extent reaches beyond the file's size.
 * Every method refuses before it changes anything. Under the state's write lock.
 */
final class Contents {
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;
    private static final int GROUP_EXECUTE = 0010;
    private static final byte[] NO_BYTES = {};

    private final NamespaceState state;
    private final Tree tree;
    private final Counters counters;
    private final ChunkRows chunks;

    Contents(NamespaceState state, Tree tree, Counters counters) {
        this.state = state;
        this.tree = tree;
        this.counters = counters;
        this.chunks = new ChunkRows(state.chunks());
    }

    long fileSizeMax() {
        return Long.MAX_VALUE - counters.geometry().chunkSizeBytes();
    }

    Attributes write(Context context, Command.WriteContent command) throws IOException {
        Node node = tree.file(command.inode());
        Node written = switch (command.write()) {
            case Write.Whole(byte[] bytes) -> writeWhole(context, node, bytes);
            case Write.Extents(List<Chunk> extents) -> writeExtents(context, node, extents, command.sizeAtLeastBytes());
        };
        int permissions = written.attributes().permissions();
        AttributesEdit edit = new AttributesEdit(written.attributes())
                .modifyNanos(command.modifyNanos())
                .changeNanos(context.timeNanos());
        if (command.dropPrivileges()) {
            edit.permissions(withoutPrivileges(permissions));
        }
        Attributes attributes = edit.done();
        tree.save(written.with(attributes));
        return attributes;
    }

    /** As Linux does on a write: setgid without group execution means mandatory locking and stays. */
    private static int withoutPrivileges(int permissions) {
        return permissions & ~SETUID & ((permissions & GROUP_EXECUTE) != 0 ? ~SETGID : ~0);
    }

    private Node writeWhole(Context context, Node node, byte[] bytes) throws IOException {
        if (bytes.length > counters.geometry().inlineSizeMax()) {
            throw Errno.EINVAL.because("%d bytes are too many to be kept inline", bytes.length);
        }
        Node empty = node.contentKind() == ContentKind.CHUNKS ? truncateChunks(context, node, 0) : node;
        return resized(putInline(empty, bytes), bytes.length);
    }

    private Node writeExtents(Context context, Node node, List<Chunk> written, long sizeAtLeastBytes)
            throws IOException {
        refuseInvalid(written);
        refuseSize(sizeAtLeastBytes);
        long sizeBytes = Math.max(node.attributes().sizeBytes(), sizeAtLeastBytes);
        Node bare = node;
        if (node.contentKind() == ContentKind.INLINE) {
            byte[] bytes = inline(node.inode());
            if (!written.isEmpty()) {
                refuseInlineLost(written, bytes.length);
                bare = putInline(node, NO_BYTES);
            }
        }
        ReferenceTally tally = new ReferenceTally(state, counters, false);
        long grownBytes = 0;
        for (Chunk chunk : written) {
            List<Extent> old = chunks.get(node.inode(), chunk.index());
            List<Extent> upper = ExtentLists.clip(chunk.extents(), 0, bytesInChunk(chunk.index(), sizeBytes));
            List<Extent> changed = ExtentLists.overlay(old, upper);
            tally.chunkChanged(old, changed);
            tally.offered(chunk.extents());
            grownBytes += ExtentLists.sizeBytes(changed) - ExtentLists.sizeBytes(old);
            chunks.put(node.inode(), chunk.index(), changed);
        }
        tally.settle(context);
        return resized(allocated(bare, grownBytes, !written.isEmpty()), sizeBytes);
    }

    private void refuseInvalid(List<Chunk> written) throws IOException {
        int chunkSizeBytes = counters.geometry().chunkSizeBytes();
        long last = -1;
        for (Chunk chunk : written) {
            if (chunk.index() <= last || chunk.index() > fileSizeMax() / chunkSizeBytes) {
                throw Errno.EINVAL.because("chunk %d is out of order or too high", chunk.index());
            }
            if (!ExtentLists.valid(chunk.extents(), chunkSizeBytes)) {
                throw Errno.EINVAL.because("the extents of chunk %d overlap or leave it", chunk.index());
            }
            last = chunk.index();
        }
    }

    private void refuseInlineLost(List<Chunk> written, int inlineBytes) throws IOException {
        Chunk first = written.getFirst();
        if (first.index() != 0 || !ExtentLists.covers(first.extents(), 0, inlineBytes)) {
            throw Errno.EINVAL.because("the first %d bytes are inline and would be lost", inlineBytes);
        }
    }

    void refuseSize(long sizeBytes) throws IOException {
        if (sizeBytes < 0) {
            throw Errno.EINVAL.because("a size of %d", sizeBytes);
        }
        if (sizeBytes > fileSizeMax()) {
            throw Errno.EFBIG.because("a size of %d, more than %d", sizeBytes, fileSizeMax());
        }
    }

    /** How many bytes of a chunk a file of that size has. */
    private int bytesInChunk(long index, long sizeBytes) {
        int chunkSizeBytes = counters.geometry().chunkSizeBytes();
        return Math.clamp(sizeBytes - index * chunkSizeBytes, 0, chunkSizeBytes);
    }

    boolean replace(Context context, Command.ReplaceExtents command) throws IOException {
        Node node = tree.file(command.inode());
        List<Extent> old = chunks.get(node.inode(), command.chunkIndex());
        if (old.isEmpty() || !old.equals(command.expected())) {
            return false;
        }
        if (!ExtentLists.valid(command.replacement(), counters.geometry().chunkSizeBytes())
                || !ExtentLists.sameCover(old, command.replacement())) {
            throw Errno.EINVAL.because("the replacement has other bytes than chunk %d", command.chunkIndex());
        }
        List<Extent> changed = ExtentLists.merge(List.of(), command.replacement());
        ReferenceTally tally = new ReferenceTally(state, counters, false);
        tally.chunkChanged(old, changed);
        tally.settle(context);
        chunks.put(node.inode(), command.chunkIndex(), changed);
        return true;
    }

    /** The file with that size: shorter cuts content off, longer adds a hole. The size has been checked. */
    Node truncate(Context context, Node node, long sizeBytes) throws IOException {
        if (sizeBytes >= node.attributes().sizeBytes()) {
            return resized(node, sizeBytes);
        }
        Node cut = switch (node.contentKind()) {
            case NONE -> node;
            case INLINE -> {
                byte[] bytes = inline(node.inode());
                yield sizeBytes >= bytes.length ? node : putInline(node, Arrays.copyOf(bytes, (int) sizeBytes));
            }
            case CHUNKS -> truncateChunks(context, node, sizeBytes);
        };
        return resized(cut, sizeBytes);
    }

    private Node truncateChunks(Context context, Node node, long sizeBytes) throws IOException {
        return cutRange(context, node, sizeBytes, node.attributes().sizeBytes(), sizeBytes > 0);
    }

    /** The file, which is in chunks, with a hole from {@code start} to {@code end}. */
    private Node cutRange(Context context, Node node, long start, long end, boolean keepsChunks) throws IOException {
        if (start >= end) {
            return node;
        }
        int chunkSizeBytes = counters.geometry().chunkSizeBytes();
        ReferenceTally tally = new ReferenceTally(state, counters, false);
        long grownBytes = 0;
        for (Chunk chunk : chunks.range(node.inode(), start / chunkSizeBytes, (end - 1) / chunkSizeBytes)) {
            int from = bytesInChunk(chunk.index(), start);
            int to = bytesInChunk(chunk.index(), end);
            List<Extent> left = List.copyOf(ExtentLists.cut(chunk.extents(), from, to));
            tally.chunkChanged(chunk.extents(), left);
            grownBytes += ExtentLists.sizeBytes(left) - ExtentLists.sizeBytes(chunk.extents());
            chunks.put(node.inode(), chunk.index(), left);
        }
        tally.settle(context);
        return allocated(node, grownBytes, keepsChunks);
    }

    /** Punches a hole of which the size takes no notice. */
    Node punch(Context context, Node node, long start, long end) throws IOException {
        long stop = Math.min(end, node.attributes().sizeBytes());
        return switch (node.contentKind()) {
            case NONE -> node;
            case CHUNKS -> cutRange(context, node, start, stop, true);
            case INLINE -> {
                byte[] bytes = inline(node.inode()).clone();
                if (start < bytes.length) {
                    Arrays.fill(bytes, (int) start, (int) Math.min(stop, bytes.length), (byte) 0);
                }
                yield putInline(node, bytes);
            }
        };
    }

    Attributes share(Context context, Command.ShareExtents command) throws IOException {
        Node source = tree.file(command.source());
        Node target = tree.file(command.target());
        new SharedStretch(command, counters.geometry().chunkSizeBytes()).refuse(source);
        refuseSize(command.targetOffsetBytes() + command.sizeBytes());
        Node bare = target;
        if (target.contentKind() == ContentKind.INLINE) {
            int inlineBytes = inline(target.inode()).length;
            if (command.targetOffsetBytes() > 0 || command.sizeBytes() < inlineBytes) {
                throw Errno.EINVAL.because("the first %d bytes are inline and would be lost", inlineBytes);
            }
            bare = putInline(target, NO_BYTES);
        }
        ReferenceTally tally = new ReferenceTally(state, counters, true);
        SharedStretch stretch = new SharedStretch(command, counters.geometry().chunkSizeBytes());
        long grownBytes = 0;
        for (SharedStretch.Change change : stretch.changes(chunks)) {
            tally.chunkChanged(change.before(), change.after());
            grownBytes += ExtentLists.sizeBytes(change.after()) - ExtentLists.sizeBytes(change.before());
            chunks.put(target.inode(), change.chunkIndex(), change.after());
        }
        tally.settle(context);
        long sizeBytes = Math.max(target.attributes().sizeBytes(), command.targetOffsetBytes() + command.sizeBytes());
        Node shared = resized(allocated(bare, grownBytes, true), sizeBytes);
        Attributes attributes = new AttributesEdit(shared.attributes())
                .modifyNanos(command.modifyNanos())
                .changeNanos(context.timeNanos())
                .done();
        tree.save(shared.with(attributes));
        return attributes;
    }

    /** All content goes; the node itself is the caller's business. */
    void free(Context context, Node node) throws IOException {
        switch (node.contentKind()) {
            case NONE -> {}
            case INLINE -> putInline(node, NO_BYTES);
            case CHUNKS -> truncateChunks(context, node, 0);
        }
    }

    private byte[] inline(Inode inode) throws IOException {
        Optional<byte[]> bytes = state.inline().get(Key.of(inode.value()));
        return bytes.orElse(NO_BYTES);
    }

    /** The file, which has no chunks, with these bytes inline. */
    private Node putInline(Node node, byte[] bytes) {
        Key key = Key.of(node.inode().value());
        if (bytes.length > 0) {
            state.inline().put(key, bytes);
        } else if (node.contentKind() == ContentKind.INLINE) {
            state.inline().remove(key);
        }
        long grownBytes = bytes.length - node.attributes().allocatedBytes();
        counters.contentGrew(grownBytes);
        Attributes attributes = new AttributesEdit(node.attributes())
                .allocatedBytes(bytes.length)
                .done();
        return node.withContentKind(bytes.length > 0 ? ContentKind.INLINE : ContentKind.NONE)
                .with(attributes);
    }

    private Node allocated(Node node, long grownBytes, boolean chunksChanged) {
        counters.contentGrew(grownBytes);
        long allocatedBytes = node.attributes().allocatedBytes() + grownBytes;
        ContentKind kind = chunksChanged ? ContentKind.CHUNKS : node.contentKind();
        Attributes attributes = new AttributesEdit(node.attributes())
                .allocatedBytes(allocatedBytes)
                .done();
        return node.withContentKind(allocatedBytes == 0 && kind == ContentKind.CHUNKS ? ContentKind.NONE : kind)
                .with(attributes);
    }

    private static Node resized(Node node, long sizeBytes) {
        return node.with(
                new AttributesEdit(node.attributes()).sizeBytes(sizeBytes).done());
    }
}
