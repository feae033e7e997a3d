package org.needlefs.test.binding;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** A small filesystem in memory, to try a binding on. Threading: any; one lock for all. */
final class MemoryFileSystem implements FileOperations {
    // asm-generic/fcntl.h
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;
    private static final long TOTAL_BYTES = 1L << 30;
    private static final long INODE_COUNT_MAX = 1L << 20;

    /** What is open under a handle. */
    private record Handle(MemoryNode node, int flags) {}

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Inode, MemoryNode> nodes = new HashMap<>();

    @GuardedBy("lock")
    private final Map<Long, Handle> handles = new HashMap<>();

    @GuardedBy("lock")
    private long lastNumber = Inode.ROOT.value();

    MemoryFileSystem() {
        synchronized (lock) {
            nodes.put(Inode.ROOT, new MemoryNode(Inode.ROOT, NewNode.directory(0755, 0, 0), now()));
        }
    }

    /** Files and directories that are open. */
    int openCount() {
        synchronized (lock) {
            return handles.size();
        }
    }

    /** Nodes that are named, or open without a name. */
    int nodeCount() {
        synchronized (lock) {
            return nodes.size();
        }
    }

    @Override
    public Attributes lookup(Inode parent, Name name) throws FsException {
        synchronized (lock) {
            return child(parent, name).attributes();
        }
    }

    @Override
    public Inode parent(Inode directory) throws FsException {
        synchronized (lock) {
            return node(directory).parent.inode;
        }
    }

    @Override
    public Attributes attributes(Inode inode) throws FsException {
        synchronized (lock) {
            return node(inode).attributes();
        }
    }

    @Override
    public Attributes setAttributes(Inode inode, AttributeChange change) throws FsException {
        synchronized (lock) {
            MemoryNode node = node(inode);
            node.change(change);
            return node.attributes();
        }
    }

    @Override
    public byte[] readSymlink(Inode inode) throws FsException {
        synchronized (lock) {
            return node(inode).symlinkTarget.clone();
        }
    }

    @Override
    public Attributes make(Inode parent, Name name, NewNode made) throws FsException {
        synchronized (lock) {
            MemoryNode directory = node(parent);
            if (directory.children.containsKey(name)) {
                throw Errno.EEXIST.because("%s", name);
            }
            MemoryNode node = new MemoryNode(new Inode(++lastNumber), made, now());
            nodes.put(node.inode, node);
            add(directory, name, node);
            return node.attributes();
        }
    }

    @Override
    public Attributes link(Inode inode, Inode newParent, Name newName) throws FsException {
        synchronized (lock) {
            MemoryNode node = node(inode);
            if (node(newParent).children.containsKey(newName)) {
                throw Errno.EEXIST.because("%s", newName);
            }
            add(node(newParent), newName, node);
            node.linkCount++;
            return node.attributes();
        }
    }

    @Override
    public void unlink(Inode parent, Name name) throws FsException {
        synchronized (lock) {
            MemoryNode node = child(parent, name);
            if (node.kind == NodeKind.DIRECTORY) {
                throw Errno.EISDIR.because("%s", name);
            }
            remove(node(parent), name);
            node.linkCount--;
            dropIfUnused(node);
        }
    }

    @Override
    public void removeDirectory(Inode parent, Name name) throws FsException {
        synchronized (lock) {
            MemoryNode node = child(parent, name);
            if (node.kind != NodeKind.DIRECTORY) {
                throw Errno.ENOTDIR.because("%s", name);
            }
            if (!node.children.isEmpty()) {
                throw Errno.ENOTEMPTY.because("%s", name);
            }
            remove(node(parent), name);
            node(parent).linkCount--;
            node.linkCount = 0;
            dropIfUnused(node);
        }
    }

    @Override
    public void rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode) throws FsException {
        synchronized (lock) {
            MemoryNode node = child(parent, name);
            if (mode != RenameMode.REPLACE) {
                throw Errno.EINVAL.because("no %s here", mode);
            }
            if (node(newParent).children.containsKey(newName)) {
                if (child(newParent, newName) == node) {
                    return;
                }
                unlink(newParent, newName);
            }
            remove(node(parent), name);
            if (node.kind == NodeKind.DIRECTORY) {
                node(parent).linkCount--;
            }
            add(node(newParent), newName, node);
        }
    }

    @Override
    public OpenFile open(Inode inode, int flags) throws FsException {
        synchronized (lock) {
            MemoryNode node = node(inode);
            if ((flags & O_TRUNC) != 0) {
                node.resize(0);
            }
            return new OpenFile(openHandle(node, flags), false);
        }
    }

    @Override
    public Created create(Inode parent, Name name, NewNode made, int flags) throws FsException {
        synchronized (lock) {
            Attributes attributes = make(parent, name, made);
            return new Created(attributes, open(attributes.inode(), flags));
        }
    }

    @Override
    public Created createOrphan(NewNode made, int flags) throws FsException {
        synchronized (lock) {
            MemoryNode node = new MemoryNode(new Inode(++lastNumber), made, now());
            node.linkCount = 0;
            nodes.put(node.inode, node);
            return new Created(node.attributes(), new OpenFile(openHandle(node, flags), false));
        }
    }

    @Override
    public int read(long handle, long offsetBytes, ByteBuffer into) throws FsException {
        synchronized (lock) {
            MemoryNode node = opened(handle).node();
            int count = (int) Math.max(0, Math.min(into.remaining(), node.sizeBytes() - offsetBytes));
            into.put(node.content(), (int) Math.min(offsetBytes, node.sizeBytes()), count);
            return count;
        }
    }

    @Override
    public int write(long handle, long offsetBytes, ByteBuffer from) throws FsException {
        synchronized (lock) {
            Handle opened = opened(handle);
            MemoryNode node = opened.node();
            int at = (opened.flags() & O_APPEND) != 0 ? node.sizeBytes() : Math.toIntExact(offsetBytes);
            int count = from.remaining();
            node.resize(Math.max(node.sizeBytes(), at + count));
            from.get(node.content(), at, count);
            return count;
        }
    }

    @Override
    public void flush(long handle) throws FsException {
        synchronized (lock) {
            Handle ignored = opened(handle);
        }
    }

    @Override
    public void sync(long handle, boolean dataOnly) throws FsException {
        flush(handle);
    }

    @Override
    public void release(long handle) throws FsException {
        synchronized (lock) {
            MemoryNode node = opened(handle).node();
            handles.remove(handle);
            node.openCount--;
            dropIfUnused(node);
        }
    }

    @Override
    public void allocate(long handle, AllocateMode mode, long offsetBytes, long sizeBytes) throws FsException {
        synchronized (lock) {
            MemoryNode node = opened(handle).node();
            int end = Math.toIntExact(offsetBytes + sizeBytes);
            switch (mode) {
                case EXTEND -> node.resize(Math.max(node.sizeBytes(), end));
                case KEEP_SIZE -> {}
                case ZERO_RANGE -> {
                    node.resize(Math.max(node.sizeBytes(), end));
                    Arrays.fill(node.content(), (int) offsetBytes, end, (byte) 0);
                }
                case PUNCH_HOLE, ZERO_RANGE_KEEP_SIZE -> {
                    int stop = Math.min(end, node.sizeBytes());
                    Arrays.fill(node.content(), Math.min((int) offsetBytes, stop), stop, (byte) 0);
                }
            }
        }
    }

    @Override
    public long seek(long handle, long offsetBytes, boolean hole) throws FsException {
        synchronized (lock) {
            int size = opened(handle).node().sizeBytes();
            if (offsetBytes >= size) {
                throw Errno.ENXIO.because("behind the end");
            }
            return hole ? size : offsetBytes;
        }
    }

    @Override
    public long copyRange(long source, long sourceOffsetBytes, long target, long targetOffsetBytes, long sizeBytes)
            throws FsException {
        throw Errno.EOPNOTSUPP.because("no copying here");
    }

    @Override
    public long openDirectory(Inode inode) throws FsException {
        synchronized (lock) {
            return openHandle(node(inode), 0);
        }
    }

    @Override
    public List<Entry> list(long handle, long cookie, int countMax) throws FsException {
        synchronized (lock) {
            MemoryNode directory = opened(handle).node();
            List<Entry> entries = new ArrayList<>();
            for (var next : directory.order.tailMap(cookie, false).entrySet()) {
                if (entries.size() == countMax) {
                    break;
                }
                MemoryNode.Child child = directory.children.get(next.getValue());
                if (child != null) {
                    entries.add(new Entry(
                            next.getValue(), next.getKey(), child.node().attributes()));
                }
            }
            return entries;
        }
    }

    @Override
    public void syncDirectory(long handle) throws FsException {
        flush(handle);
    }

    @Override
    public void releaseDirectory(long handle) throws FsException {
        release(handle);
    }

    @Override
    public byte[] xattr(Inode inode, Name name) throws FsException {
        synchronized (lock) {
            byte[] value = node(inode).xattrs.get(name);
            if (value == null) {
                throw Errno.ENODATA.because("%s", name);
            }
            return value.clone();
        }
    }

    @Override
    public List<Name> xattrs(Inode inode) throws FsException {
        synchronized (lock) {
            return List.copyOf(node(inode).xattrs.keySet());
        }
    }

    @Override
    public void setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws FsException {
        synchronized (lock) {
            Map<Name, byte[]> xattrs = node(inode).xattrs;
            if (mode == XattrMode.CREATE && xattrs.containsKey(name)) {
                throw Errno.EEXIST.because("%s", name);
            }
            if (mode == XattrMode.REPLACE && !xattrs.containsKey(name)) {
                throw Errno.ENODATA.because("%s", name);
            }
            xattrs.put(name, value.clone());
        }
    }

    @Override
    public void removeXattr(Inode inode, Name name) throws FsException {
        synchronized (lock) {
            if (node(inode).xattrs.remove(name) == null) {
                throw Errno.ENODATA.because("%s", name);
            }
        }
    }

    @Override
    public Usage usage() {
        synchronized (lock) {
            return new Usage(TOTAL_BYTES, TOTAL_BYTES / 2, nodes.size(), INODE_COUNT_MAX);
        }
    }

    @Override
    public void syncAll() {}

    @GuardedBy("lock")
    private MemoryNode node(Inode inode) throws FsException {
        MemoryNode node = nodes.get(inode);
        if (node == null) {
            throw Errno.ENOENT.because("inode %s", inode);
        }
        return node;
    }

    @GuardedBy("lock")
    private MemoryNode child(Inode parent, Name name) throws FsException {
        MemoryNode.Child child = node(parent).children.get(name);
        if (child == null) {
            throw Errno.ENOENT.because("%s", name);
        }
        return child.node();
    }

    @GuardedBy("lock")
    private Handle opened(long handle) throws FsException {
        Handle opened = handles.get(handle);
        if (opened == null) {
            throw Errno.EBADF.because("handle %d", handle);
        }
        return opened;
    }

    @GuardedBy("lock")
    private long openHandle(MemoryNode node, int flags) {
        node.openCount++;
        handles.put(++lastNumber, new Handle(node, flags));
        return lastNumber;
    }

    @GuardedBy("lock")
    private void add(MemoryNode directory, Name name, MemoryNode node) {
        long cookie = ++lastNumber;
        directory.children.put(name, new MemoryNode.Child(node, cookie));
        directory.order.put(cookie, name);
        if (node.kind == NodeKind.DIRECTORY) {
            node.parent = directory;
            directory.linkCount++;
        }
    }

    private static void remove(MemoryNode directory, Name name) {
        MemoryNode.Child child = directory.children.remove(name);
        if (child != null) {
            directory.order.remove(child.cookie());
        }
    }

    @GuardedBy("lock")
    private void dropIfUnused(MemoryNode node) {
        if (node.linkCount == 0 && node.openCount == 0) {
            nodes.remove(node.inode);
        }
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000_000L;
    }
}
