package org.needlefs.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.needlefs.client.vfs.FileOperations;
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

/**
 * A tree of names in memory whose files have a size and no content: reads give zeros, writes move the size. What a
 * binding costs is what it takes to use this. Handles are inode numbers and are not checked; nothing is ever freed, so
 * that an unlinked file goes on working. Threading: any; the tree changes under one lock, attributes without.
 */
public final class NullFileSystem implements FileOperations {
    private static final long TOTAL_BYTES = 1L << 40;
    private static final int FIRST_COOKIE = 3;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();
    private static final byte[] NO_TARGET = {};

    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final AtomicLong lastInode = new AtomicLong(Inode.ROOT.value());
    private final AtomicLong lastCookie = new AtomicLong(FIRST_COOKIE - 1);
    private final Object treeLock = new Object();

    /** One inode. Attributes are replaced as a whole, under the node's own lock. */
    private static final class Node {
        private final byte[] symlinkTarget;
        private final Map<Name, Long> cookies = new ConcurrentHashMap<>();
        private final ConcurrentSkipListMap<Long, Child> children = new ConcurrentSkipListMap<>();
        private final Map<Name, byte[]> xattrs = new ConcurrentHashMap<>();
        /** Written under {@link #treeLock}. */
        private volatile Inode parent;

        private volatile Attributes attributes;

        private Node(Attributes attributes, Inode parent, byte[] symlinkTarget) {
            this.attributes = attributes;
            this.parent = parent;
            this.symlinkTarget = symlinkTarget;
        }
    }

    private record Child(Name name, Node node) {}

    /** An empty root directory that {@code userId} owns. */
    public NullFileSystem(int userId, int groupId) {
        NewNode root = NewNode.directory(0755, userId, groupId);
        nodes.put(Inode.ROOT.value(), new Node(fresh(Inode.ROOT, root), Inode.ROOT, NO_TARGET));
    }

    @Override
    public Attributes lookup(Inode parent, Name name) throws IOException {
        return child(directory(parent), name).attributes;
    }

    @Override
    public Inode parent(Inode directory) throws IOException {
        return directory(directory).parent;
    }

    @Override
    public Attributes attributes(Inode inode) throws IOException {
        return node(inode.value()).attributes;
    }

    @Override
    public Attributes setAttributes(Inode inode, AttributeChange change) throws IOException {
        Node node = node(inode.value());
        synchronized (node) {
            Attributes old = node.attributes;
            node.attributes = changed(
                    old,
                    change.permissions().orElse(old.permissions()),
                    old.linkCount(),
                    change.userId().orElse(old.userId()),
                    change.groupId().orElse(old.groupId()),
                    change.sizeBytes().orElse(old.sizeBytes()),
                    change.accessNanos().orElse(old.accessNanos()),
                    change.modifyNanos().orElse(change.sizeBytes().isPresent() ? nowNanos() : old.modifyNanos()));
            return node.attributes;
        }
    }

    @Override
    public byte[] readSymlink(Inode inode) throws IOException {
        return node(inode.value()).symlinkTarget.clone();
    }

    @Override
    public Attributes make(Inode parent, Name name, NewNode node) throws IOException {
        Inode inode = new Inode(lastInode.incrementAndGet());
        Node made = new Node(fresh(inode, node), parent, node.symlinkTarget());
        synchronized (treeLock) {
            Node directory = directory(parent);
            enter(directory, name, made);
            nodes.put(inode.value(), made);
            directoryChanged(directory, made.attributes.isDirectory() ? 1 : 0);
        }
        return made.attributes;
    }

    @Override
    public Attributes link(Inode inode, Inode newParent, Name newName) throws IOException {
        synchronized (treeLock) {
            Node node = node(inode.value());
            Node directory = directory(newParent);
            enter(directory, newName, node);
            directoryChanged(directory, 0);
            linked(node, 1);
            return node.attributes;
        }
    }

    @Override
    public void unlink(Inode parent, Name name) throws IOException {
        synchronized (treeLock) {
            Node directory = directory(parent);
            Node node = child(directory, name);
            if (node.attributes.isDirectory()) {
                throw Errno.EISDIR.because("%s is a directory", name);
            }
            leave(directory, name);
            directoryChanged(directory, 0);
            linked(node, -1);
        }
    }

    @Override
    public void removeDirectory(Inode parent, Name name) throws IOException {
        synchronized (treeLock) {
            Node directory = directory(parent);
            Node node = child(directory, name);
            if (!node.attributes.isDirectory()) {
                throw Errno.ENOTDIR.because("%s is no directory", name);
            }
            if (!node.children.isEmpty()) {
                throw Errno.ENOTEMPTY.because("%s is not empty", name);
            }
            leave(directory, name);
            directoryChanged(directory, -1);
            linked(node, -2);
        }
    }

    @Override
    public void rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode) throws IOException {
        synchronized (treeLock) {
            Node from = directory(parent);
            Node to = directory(newParent);
            Node moved = child(from, name);
            boolean taken = to.cookies.containsKey(newName);
            if (taken && mode == RenameMode.NO_REPLACE) {
                throw Errno.EEXIST.because("%s exists", newName);
            }
            if (mode == RenameMode.EXCHANGE) {
                Node other = child(to, newName);
                leave(from, name);
                leave(to, newName);
                move(other, to, from, parent, name);
                move(moved, from, to, newParent, newName);
                return;
            }
            if (taken) {
                Node replaced = child(to, newName);
                if (replaced == moved) {
                    return;
                }
                if (replaced.attributes.isDirectory()) {
                    removeDirectory(newParent, newName);
                } else {
                    unlink(newParent, newName);
                }
            }
            leave(from, name);
            move(moved, from, to, newParent, newName);
        }
    }

    @Override
    public OpenFile open(Inode inode, int flags) throws IOException {
        int truncate = 01000;
        if ((flags & truncate) != 0) {
            Attributes unused = setAttributes(inode, AttributeChange.NONE.withSizeBytes(0));
        }
        return new OpenFile(node(inode.value()).attributes.inode().value(), true);
    }

    @Override
    public Created create(Inode parent, Name name, NewNode node, int flags) throws IOException {
        Attributes made = make(parent, name, node);
        return new Created(made, new OpenFile(made.inode().value(), true));
    }

    @Override
    public Created createOrphan(NewNode node, int flags) {
        Inode inode = new Inode(lastInode.incrementAndGet());
        Node made = new Node(fresh(inode, node), Inode.ROOT, NO_TARGET);
        nodes.put(inode.value(), made);
        linked(made, -1);
        return new Created(made.attributes, new OpenFile(inode.value(), true));
    }

    @Override
    public int read(long handle, long offsetBytes, ByteBuffer into) throws IOException {
        long left = node(handle).attributes.sizeBytes() - offsetBytes;
        int size = Math.clamp(left, 0, into.remaining());
        for (int done = 0; done < size; ) {
            int step = Math.min(size - done, ZEROS.capacity());
            into.put(into.position(), ZEROS, 0, step);
            into.position(into.position() + step);
            done += step;
        }
        return size;
    }

    @Override
    public int write(long handle, long offsetBytes, ByteBuffer from) throws IOException {
        int size = from.remaining();
        from.position(from.limit());
        grow(node(handle), offsetBytes + size);
        return size;
    }

    @Override
    public void flush(long handle) {}

    @Override
    public void sync(long handle, boolean dataOnly) {}

    @Override
    public void release(long handle) {}

    @Override
    public void allocate(long handle, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException {
        switch (mode) {
            case EXTEND, ZERO_RANGE -> grow(node(handle), offsetBytes + sizeBytes);
            case KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE_KEEP_SIZE -> {}
        }
    }

    @Override
    public long seek(long handle, long offsetBytes, boolean hole) throws IOException {
        long size = node(handle).attributes.sizeBytes();
        if (offsetBytes < 0 || offsetBytes >= size) {
            throw Errno.ENXIO.because("%d is behind the end", offsetBytes);
        }
        return hole ? size : offsetBytes;
    }

    @Override
    public long copyRange(long source, long sourceOffsetBytes, long target, long targetOffsetBytes, long sizeBytes)
            throws IOException {
        long size = Math.clamp(node(source).attributes.sizeBytes() - sourceOffsetBytes, 0, sizeBytes);
        grow(node(target), targetOffsetBytes + size);
        return size;
    }

    @Override
    public long openDirectory(Inode inode) throws IOException {
        return directory(inode).attributes.inode().value();
    }

    @Override
    public List<Entry> list(long handle, long cookie, int countMax) throws IOException {
        return directory(node(handle).attributes.inode()).children.tailMap(cookie, false).entrySet().stream()
                .limit(countMax)
                .map(entry -> new Entry(
                        entry.getValue().name(),
                        entry.getKey(),
                        entry.getValue().node().attributes))
                .toList();
    }

    @Override
    public void syncDirectory(long handle) {}

    @Override
    public void releaseDirectory(long handle) {}

    @Override
    public byte[] xattr(Inode inode, Name name) throws IOException {
        byte[] value = node(inode.value()).xattrs.get(name);
        if (value == null) {
            throw Errno.ENODATA.because("no attribute %s", name);
        }
        return value.clone();
    }

    @Override
    public List<Name> xattrs(Inode inode) throws IOException {
        return List.copyOf(namesByText(node(inode.value()).xattrs).values());
    }

    @Override
    public void setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException {
        Map<Name, byte[]> xattrs = node(inode.value()).xattrs;
        boolean exists = xattrs.containsKey(name);
        if (exists && mode == XattrMode.CREATE) {
            throw Errno.EEXIST.because("attribute %s exists", name);
        }
        if (!exists && mode == XattrMode.REPLACE) {
            throw Errno.ENODATA.because("no attribute %s", name);
        }
        xattrs.put(name, value.clone());
    }

    @Override
    public void removeXattr(Inode inode, Name name) throws IOException {
        if (node(inode.value()).xattrs.remove(name) == null) {
            throw Errno.ENODATA.because("no attribute %s", name);
        }
    }

    @Override
    public Usage usage() {
        return new Usage(TOTAL_BYTES, TOTAL_BYTES, nodes.size(), Integer.MAX_VALUE);
    }

    @Override
    public void syncAll() {}

    private Node node(long number) throws FsException {
        Node node = nodes.get(number);
        if (node == null) {
            throw Errno.ESTALE.because("no inode %d", number);
        }
        return node;
    }

    private Node directory(Inode inode) throws FsException {
        Node node = node(inode.value());
        if (!node.attributes.isDirectory()) {
            throw Errno.ENOTDIR.because("inode %d is no directory", inode.value());
        }
        return node;
    }

    private static Node child(Node directory, Name name) throws FsException {
        Long cookie = directory.cookies.get(name);
        Child child = cookie == null ? null : directory.children.get(cookie);
        if (child == null) {
            throw Errno.ENOENT.because("no entry %s", name);
        }
        return child.node();
    }

    private void enter(Node directory, Name name, Node node) throws FsException {
        if (directory.cookies.containsKey(name)) {
            throw Errno.EEXIST.because("%s exists", name);
        }
        if (directory.attributes.linkCount() == 0) {
            throw Errno.ENOENT.because("the directory is gone");
        }
        long cookie = lastCookie.incrementAndGet();
        directory.children.put(cookie, new Child(name, node));
        directory.cookies.put(name, cookie);
    }

    private static void leave(Node directory, Name name) {
        Long cookie = directory.cookies.remove(name);
        if (cookie != null) {
            directory.children.remove(cookie);
        }
    }

    private void move(Node moved, Node from, Node to, Inode newParent, Name newName) throws FsException {
        enter(to, newName, moved);
        int directories = moved.attributes.isDirectory() ? 1 : 0;
        moved.parent = newParent;
        directoryChanged(from, -directories);
        directoryChanged(to, directories);
        linked(moved, 0);
    }

    private static void linked(Node node, int more) {
        synchronized (node) {
            Attributes old = node.attributes;
            node.attributes = changed(
                    old,
                    old.permissions(),
                    old.linkCount() + more,
                    old.userId(),
                    old.groupId(),
                    old.sizeBytes(),
                    old.accessNanos(),
                    old.modifyNanos());
        }
    }

    private static void directoryChanged(Node directory, int moreDirectories) {
        synchronized (directory) {
            Attributes old = directory.attributes;
            directory.attributes = changed(
                    old,
                    old.permissions(),
                    old.linkCount() + moreDirectories,
                    old.userId(),
                    old.groupId(),
                    old.sizeBytes(),
                    old.accessNanos(),
                    nowNanos());
        }
    }

    private static void grow(Node node, long sizeAtLeastBytes) {
        synchronized (node) {
            Attributes old = node.attributes;
            node.attributes = changed(
                    old,
                    old.permissions(),
                    old.linkCount(),
                    old.userId(),
                    old.groupId(),
                    Math.max(old.sizeBytes(), sizeAtLeastBytes),
                    old.accessNanos(),
                    nowNanos());
        }
    }

    private static Attributes fresh(Inode inode, NewNode node) {
        long now = nowNanos();
        return new Attributes(
                inode,
                node.kind(),
                node.permissions(),
                node.kind() == NodeKind.DIRECTORY ? 2 : 1,
                node.userId(),
                node.groupId(),
                node.deviceNumber(),
                node.symlinkTarget().length,
                0,
                now,
                now,
                now,
                now,
                1);
    }

    private static Attributes changed(
            Attributes old,
            int permissions,
            int linkCount,
            int userId,
            int groupId,
            long sizeBytes,
            long accessNanos,
            long modifyNanos) {
        return new Attributes(
                old.inode(),
                old.kind(),
                permissions,
                linkCount,
                userId,
                groupId,
                old.deviceNumber(),
                sizeBytes,
                old.isFile() ? sizeBytes : 0,
                accessNanos,
                modifyNanos,
                nowNanos(),
                old.birthNanos(),
                old.version() + 1);
    }

    private static Map<String, Name> namesByText(Map<Name, byte[]> xattrs) {
        Map<String, Name> names = new TreeMap<>();
        xattrs.keySet().forEach(name -> names.put(name.toString(), name));
        return names;
    }

    private static long nowNanos() {
        return System.currentTimeMillis() * 1_000_000;
    }
}
