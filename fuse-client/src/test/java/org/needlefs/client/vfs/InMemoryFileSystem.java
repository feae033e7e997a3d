package org.needlefs.client.vfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;

/**
 * A simple namespace in memory, strict about what it is told: extents must be of objects that exist, and a file that leaves
 * its inode must carry all its bytes along. Deletes an object the moment nothing refers to it, which is sooner than any real
 * store does it.
 */
public final class InMemoryFileSystem implements FileSystem {
    private final Geometry geometry;
    private final InMemoryObjectClient objects;
    private final Map<Inode, Node> nodes = new HashMap<>();
    private final Map<ObjectId, Integer> references = new HashMap<>();
    private final AtomicReference<Supplier<Optional<IOException>>> writeFault = new AtomicReference<>(Optional::empty);
    private final AtomicLong writeCount = new AtomicLong();
    private final AtomicLong syncCount = new AtomicLong();
    private long lastInode = 1;
    private long availableBytes = 1L << 50;

    private static final class Node {
        final NodeKind kind;
        final Map<Name, Inode> entries = new LinkedHashMap<>();
        final TreeMap<Long, List<Extent>> chunks = new TreeMap<>();
        byte[] inline = {};
        boolean isInline = true;
        boolean held;
        Attributes attributes;

        Node(NodeKind kind, Attributes attributes) {
            this.kind = kind;
            this.attributes = attributes;
        }
    }

    public InMemoryFileSystem(Geometry geometry, InMemoryObjectClient objects) {
        this.geometry = geometry;
        this.objects = objects;
        nodes.put(Inode.ROOT, node(Inode.ROOT, NewNode.directory(0755, 0, 0), 2));
    }

    private static Node node(Inode inode, NewNode made, int linkCount) {
        return new Node(
                made.kind(),
                new Attributes(
                        inode,
                        made.kind(),
                        made.permissions(),
                        linkCount,
                        made.userId(),
                        made.groupId(),
                        made.deviceNumber(),
                        made.symlinkTarget().length,
                        0,
                        0,
                        0,
                        0,
                        0,
                        1));
    }

    public void failWrites(Supplier<Optional<IOException>> fault) {
        writeFault.set(fault);
    }

    public void heal() {
        writeFault.set(Optional::empty);
    }

    public synchronized void setAvailableBytes(long bytes) {
        availableBytes = bytes;
    }

    public long writeCount() {
        return writeCount.get();
    }

    public long syncCount() {
        return syncCount.get();
    }

    public synchronized int nodeCount() {
        return nodes.size();
    }

    public synchronized boolean isInline(Inode inode) throws IOException {
        return node(inode).isInline;
    }

    public synchronized List<Extent> extents(Inode inode, long chunkIndex) throws IOException {
        return node(inode).chunks.getOrDefault(chunkIndex, List.of());
    }

    private Node node(Inode inode) throws IOException {
        Node node = nodes.get(inode);
        if (node == null) {
            throw Errno.ENOENT.because("inode %s", inode);
        }
        return node;
    }

    private Node directory(Inode inode) throws IOException {
        Node node = node(inode);
        if (node.kind != NodeKind.DIRECTORY) {
            throw Errno.ENOTDIR.because("inode %s", inode);
        }
        return node;
    }

    @Override
    public Geometry geometry() {
        return geometry;
    }

    @Override
    public long session() {
        return 7;
    }

    @Override
    public synchronized Attributes attributes(Inode inode) throws IOException {
        return node(inode).attributes;
    }

    @Override
    public synchronized Optional<Attributes> lookup(Inode parent, Name name) throws IOException {
        Inode inode = directory(parent).entries.get(name);
        return inode == null ? Optional.empty() : Optional.of(node(inode).attributes);
    }

    @Override
    public Inode parent(Inode directory) {
        return Inode.ROOT;
    }

    @Override
    public synchronized List<Entry> list(Inode directory, long cookie, int countMax) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<Name, Inode> entry : directory(directory).entries.entrySet()) {
            long own = entry.getValue().value();
            if (own > cookie && entries.size() < countMax) {
                entries.add(new Entry(entry.getKey(), own, node(entry.getValue()).attributes));
            }
        }
        return entries;
    }

    @Override
    public byte[] readSymlink(Inode inode) throws IOException {
        throw Errno.EINVAL.because("not here");
    }

    @Override
    public synchronized Attributes make(Inode parent, Name name, NewNode made) throws IOException {
        Node directory = directory(parent);
        if (directory.entries.containsKey(name)) {
            throw Errno.EEXIST.because("%s", name);
        }
        Attributes attributes = add(made, made.kind() == NodeKind.DIRECTORY ? 2 : 1);
        directory.entries.put(name, attributes.inode());
        return attributes;
    }

    private Attributes add(NewNode made, int linkCount) {
        Inode inode = new Inode(++lastInode);
        Node node = node(inode, made, linkCount);
        nodes.put(inode, node);
        return node.attributes;
    }

    @Override
    public synchronized Attributes makeOrphan(NewNode made) throws IOException {
        Attributes attributes = add(made, 0);
        node(attributes.inode()).held = true;
        return attributes;
    }

    @Override
    public synchronized Attributes link(Inode inode, Inode newParent, Name newName) throws IOException {
        Node node = node(inode);
        if (directory(newParent).entries.putIfAbsent(newName, inode) != null) {
            throw Errno.EEXIST.because("%s", newName);
        }
        node.held = false;
        return change(node, node.attributes.linkCount() + 1);
    }

    private static Attributes change(Node node, int linkCount) {
        return set(
                node,
                node.attributes.permissions(),
                linkCount,
                node.attributes.sizeBytes(),
                node.attributes.modifyNanos());
    }

    private static Attributes set(Node node, int permissions, int linkCount, long sizeBytes, long modifyNanos) {
        Attributes old = node.attributes;
        long allocated = node.inline.length;
        for (List<Extent> chunk : node.chunks.values()) {
            allocated += chunk.stream().mapToLong(Extent::sizeBytes).sum();
        }
        node.attributes = new Attributes(
                old.inode(),
                old.kind(),
                permissions,
                linkCount,
                old.userId(),
                old.groupId(),
                old.deviceNumber(),
                sizeBytes,
                allocated,
                old.accessNanos(),
                modifyNanos,
                Math.max(old.changeNanos(), modifyNanos),
                old.birthNanos(),
                old.version() + 1);
        return node.attributes;
    }

    @Override
    public synchronized Attributes unlink(Inode parent, Name name, boolean hold) throws IOException {
        Inode inode = directory(parent).entries.get(name);
        if (inode == null) {
            throw Errno.ENOENT.because("%s", name);
        }
        Node node = node(inode);
        if (node.kind == NodeKind.DIRECTORY) {
            throw Errno.EISDIR.because("%s", name);
        }
        directory(parent).entries.remove(name);
        return loseName(node, hold);
    }

    private Attributes loseName(Node node, boolean hold) {
        Attributes left = change(node, node.kind == NodeKind.DIRECTORY ? 0 : node.attributes.linkCount() - 1);
        if (left.linkCount() == 0) {
            node.held = hold;
            if (!hold) {
                remove(node);
            }
        }
        return left;
    }

    private void remove(Node node) {
        replaceAll(node, new TreeMap<>());
        nodes.remove(node.attributes.inode());
    }

    @Override
    public synchronized void removeDirectory(Inode parent, Name name, boolean hold) throws IOException {
        Inode inode = directory(parent).entries.get(name);
        if (inode == null) {
            throw Errno.ENOENT.because("%s", name);
        }
        if (!directory(inode).entries.isEmpty()) {
            throw Errno.ENOTEMPTY.because("%s", name);
        }
        directory(parent).entries.remove(name);
        loseName(node(inode), hold);
    }

    @Override
    public synchronized Optional<Attributes> rename(
            Inode parent, Name name, Inode newParent, Name newName, RenameMode mode, boolean hold) throws IOException {
        Inode moved = directory(parent).entries.get(name);
        Inode there = directory(newParent).entries.get(newName);
        if (moved == null || (mode == RenameMode.EXCHANGE && there == null)) {
            throw Errno.ENOENT.because("%s", name);
        }
        if (mode == RenameMode.NO_REPLACE && there != null) {
            throw Errno.EEXIST.because("%s", newName);
        }
        if (moved.equals(there)) {
            return Optional.empty();
        }
        if (mode == RenameMode.EXCHANGE) {
            directory(parent).entries.put(name, there);
            directory(newParent).entries.put(newName, moved);
            return Optional.empty();
        }
        directory(parent).entries.remove(name);
        directory(newParent).entries.put(newName, moved);
        return there == null ? Optional.empty() : Optional.of(loseName(node(there), hold));
    }

    @Override
    public synchronized void release(Inode inode) {
        Node node = nodes.get(inode);
        if (node != null && node.held && node.attributes.linkCount() == 0) {
            remove(node);
        }
    }

    @Override
    public synchronized Attributes setAttributes(Inode inode, AttributeChange change) throws IOException {
        Node node = node(inode);
        if (change.sizeBytes().isPresent()) {
            resize(node, change.sizeBytes().getAsLong());
        }
        return set(
                node,
                change.permissions().orElse(node.attributes.permissions()),
                node.attributes.linkCount(),
                change.sizeBytes().orElse(node.attributes.sizeBytes()),
                change.modifyNanos().orElse(node.attributes.modifyNanos()));
    }

    private void resize(Node node, long size) throws IOException {
        if (node.kind != NodeKind.FILE) {
            throw Errno.EISDIR.because("inode %s", node.attributes.inode());
        }
        if (node.isInline) {
            if (size <= geometry.inlineSizeMax()) {
                node.inline = Arrays.copyOf(node.inline, (int) Math.min(size, node.inline.length));
            } else {
                leaveInode(node, 0);
            }
            return;
        }
        cut(node, size, Long.MAX_VALUE);
    }

    private static void leaveInode(Node node, int carriedBytes) {
        if (node.isInline) {
            Check.that(node.inline.length <= carriedBytes, "bytes of the inode were left behind");
            node.isInline = false;
            node.inline = new byte[0];
        }
    }

    /** Makes a hole. */
    private void cut(Node node, long from, long to) {
        TreeMap<Long, List<Extent>> left = new TreeMap<>();
        long chunkSize = geometry.chunkSizeBytes();
        node.chunks.forEach((index, extents) -> {
            int start = (int) Math.clamp(from - index * chunkSize, 0, chunkSize);
            int end = (int) Math.clamp(to - index * chunkSize, 0, chunkSize);
            List<Extent> kept = without(extents, start, end);
            if (!kept.isEmpty()) {
                left.put(index, kept);
            }
        });
        replaceAll(node, left);
    }

    private static List<Extent> without(List<Extent> extents, int start, int end) {
        List<Extent> kept = new ArrayList<>();
        for (Extent extent : extents) {
            if (extent.chunkEndBytes() <= start || extent.chunkOffsetBytes() >= end) {
                kept.add(extent);
                continue;
            }
            if (extent.chunkOffsetBytes() < start) {
                kept.add(part(extent, extent.chunkOffsetBytes(), start));
            }
            if (extent.chunkEndBytes() > end) {
                kept.add(part(extent, end, extent.chunkEndBytes()));
            }
        }
        return kept;
    }

    private static Extent part(Extent extent, int start, int end) {
        return new Extent(
                start, end - start, extent.object(), extent.objectOffsetBytes() + start - extent.chunkOffsetBytes());
    }

    private void replaceAll(Node node, Map<Long, List<Extent>> chunks) {
        chunks.values().forEach(list -> list.forEach(extent -> references.merge(extent.object(), 1, Integer::sum)));
        List<ObjectId> gone = new ArrayList<>();
        node.chunks
                .values()
                .forEach(list -> list.forEach(extent -> {
                    if (references.merge(extent.object(), -1, Integer::sum) == 0) {
                        references.remove(extent.object());
                        gone.add(extent.object());
                    }
                }));
        node.chunks.clear();
        node.chunks.putAll(chunks);
        gone.forEach(objects::delete);
    }

    @Override
    public synchronized Content content(Inode inode, long firstChunk, int chunkCount) throws IOException {
        Node node = node(inode);
        if (node.isInline) {
            return new Content.Inline(node.inline);
        }
        List<Chunk> chunks = new ArrayList<>();
        node.chunks
                .subMap(firstChunk, firstChunk + chunkCount)
                .forEach((index, extents) -> chunks.add(new Chunk(index, extents)));
        return new Content.Chunks(List.copyOf(chunks));
    }

    @Override
    public synchronized Attributes write(
            Inode inode, Write write, long sizeAtLeastBytes, long modifyNanos, boolean dropPrivileges)
            throws IOException {
        Optional<IOException> fault = writeFault.get().get();
        if (fault.isPresent()) {
            throw fault.get();
        }
        writeCount.incrementAndGet();
        Node node = node(inode);
        long size = node.attributes.sizeBytes();
        switch (write) {
            case Write.Whole whole -> {
                Check.that(whole.bytes().length <= geometry.inlineSizeMax(), "too long for an inode");
                replaceAll(node, new TreeMap<>());
                node.isInline = true;
                node.inline = whole.bytes().clone();
                size = whole.bytes().length;
            }
            case Write.Extents extents -> {
                size = Math.max(size, sizeAtLeastBytes);
                leaveInode(node, coveredFromStart(extents));
                TreeMap<Long, List<Extent>> chunks = new TreeMap<>(node.chunks);
                extents.chunks().forEach(chunk -> chunks.merge(chunk.index(), checked(chunk), InMemoryFileSystem::lay));
                replaceAll(node, chunks);
            }
        }
        int permissions = node.attributes.permissions();
        return set(
                node,
                dropPrivileges ? permissions & ~((permissions & 010) != 0 ? 06000 : 04000) : permissions,
                node.attributes.linkCount(),
                size,
                modifyNanos);
    }

    private static int coveredFromStart(Write.Extents extents) {
        int end = 0;
        for (Chunk chunk : extents.chunks()) {
            for (Extent extent : chunk.extents()) {
                if (chunk.index() == 0 && extent.chunkOffsetBytes() == end) {
                    end = extent.chunkEndBytes();
                }
            }
        }
        return end;
    }

    private List<Extent> checked(Chunk chunk) {
        int end = 0;
        for (Extent extent : chunk.extents()) {
            Check.that(extent.chunkOffsetBytes() >= end, "extents ascend and don't overlap");
            Check.that(objects.has(extent.object()), "object %s is stored before it is committed", extent.object());
            end = extent.chunkEndBytes();
        }
        Check.that(end <= geometry.chunkSizeBytes(), "extents stay in their chunk");
        return chunk.extents();
    }

    private static List<Extent> lay(List<Extent> below, List<Extent> above) {
        List<Extent> sum = below;
        for (Extent extent : above) {
            sum = without(sum, extent.chunkOffsetBytes(), extent.chunkEndBytes());
        }
        List<Extent> sorted = new ArrayList<>(sum);
        sorted.addAll(above);
        sorted.sort(java.util.Comparator.comparingInt(Extent::chunkOffsetBytes));
        return List.copyOf(sorted);
    }

    @Override
    public synchronized boolean replaceExtents(
            Inode inode, long chunkIndex, List<Extent> expected, List<Extent> replacement) throws IOException {
        Node node = node(inode);
        if (!node.chunks.getOrDefault(chunkIndex, List.of()).equals(expected)) {
            return false;
        }
        TreeMap<Long, List<Extent>> chunks = new TreeMap<>(node.chunks);
        chunks.put(chunkIndex, checked(new Chunk(chunkIndex, replacement)));
        replaceAll(node, chunks);
        return true;
    }

    @Override
    public synchronized Attributes shareExtents(
            Inode source, long sourceOffset, Inode target, long targetOffset, long sizeBytes, long modifyNanos)
            throws IOException {
        Node from = node(source);
        Node to = node(target);
        Check.that(!from.isInline, "the source is chunks");
        leaveInode(to, 0);
        TreeMap<Long, List<Extent>> copy = new TreeMap<>(from.chunks);
        TreeMap<Long, List<Extent>> chunks = new TreeMap<>();
        long chunkSize = geometry.chunkSizeBytes();
        copy.forEach((index, extents) -> extents.forEach(extent -> {
            long start = Math.max(index * chunkSize + extent.chunkOffsetBytes(), sourceOffset);
            long end = Math.min(index * chunkSize + extent.chunkEndBytes(), sourceOffset + sizeBytes);
            while (start < end) {
                long place = start - sourceOffset + targetOffset;
                long size = Math.min(end - start, chunkSize - place % chunkSize);
                int objectOffset =
                        extent.objectOffsetBytes() + (int) (start - index * chunkSize) - extent.chunkOffsetBytes();
                chunks.computeIfAbsent(place / chunkSize, missing -> new ArrayList<>())
                        .add(new Extent((int) (place % chunkSize), (int) size, extent.object(), objectOffset));
                start += size;
            }
        }));
        cut(to, targetOffset, targetOffset + sizeBytes);
        TreeMap<Long, List<Extent>> all = new TreeMap<>(to.chunks);
        chunks.forEach(
                (index, extents) -> all.merge(index, checked(new Chunk(index, extents)), InMemoryFileSystem::lay));
        replaceAll(to, all);
        return set(
                to,
                to.attributes.permissions(),
                to.attributes.linkCount(),
                Math.max(to.attributes.sizeBytes(), targetOffset + sizeBytes),
                modifyNanos);
    }

    @Override
    public synchronized Attributes allocate(Inode inode, AllocateMode mode, long offset, long sizeBytes)
            throws IOException {
        Node node = node(inode);
        long size = node.attributes.sizeBytes();
        boolean grows = mode == AllocateMode.EXTEND || mode == AllocateMode.ZERO_RANGE;
        long newSize = grows ? Math.max(size, offset + sizeBytes) : size;
        if (newSize > size) {
            resize(node, newSize);
        }
        if (mode != AllocateMode.EXTEND && mode != AllocateMode.KEEP_SIZE) {
            if (node.isInline) {
                node.inline = node.inline.clone();
                for (long i = offset; i < Math.min(offset + sizeBytes, node.inline.length); i++) {
                    node.inline[(int) i] = 0;
                }
            } else {
                cut(node, offset, offset + sizeBytes);
            }
        }
        return set(
                node,
                node.attributes.permissions(),
                node.attributes.linkCount(),
                newSize,
                node.attributes.modifyNanos());
    }

    @Override
    public byte[] xattr(Inode inode, Name name) throws IOException {
        throw Errno.ENODATA.because("%s", name);
    }

    @Override
    public List<Name> xattrs(Inode inode) {
        return List.of();
    }

    @Override
    public Attributes setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException {
        throw Errno.ENOSPC.because("%s", name);
    }

    @Override
    public Attributes removeXattr(Inode inode, Name name) throws IOException {
        throw Errno.ENODATA.because("%s", name);
    }

    @Override
    public synchronized Usage usage() {
        return new Usage(1L << 50, availableBytes, nodes.size(), 1L << 40);
    }

    @Override
    public void sync() {
        syncCount.incrementAndGet();
    }
}
