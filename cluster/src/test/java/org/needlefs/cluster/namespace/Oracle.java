package org.needlefs.cluster.namespace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.XattrMode;

/**
 * A filesystem as simple as can be: maps in memory, a number for each byte of a file. Every method returns the errno of
 * its refusal, if it refuses. Written from the manual pages, not from the namespace.
 */
final class Oracle {
    final Map<Long, ONode> nodes = new TreeMap<>();
    long now;

    static final class ONode {
        NodeKind kind = NodeKind.FILE;
        int permissions;
        int links;
        int user;
        int group;
        long accessed;
        long modified;
        long changed;
        long born;
        byte[] target = {};
        Map<String, Long> children = new TreeMap<>();
        Map<String, byte[]> xattrs = new TreeMap<>();
        long parent;
        boolean held;
        /** 0 is a hole, a negative number an inline byte, a positive one a byte of an object. */
        long[] cells = {};
        /** Whether the bytes up to {@link #inlineBytes} are inline; a hole in there takes space too. */
        boolean inline;

        int inlineBytes;
    }

    Oracle() {
        ONode root = new ONode();
        root.kind = NodeKind.DIRECTORY;
        root.permissions = 0755;
        root.links = 2;
        root.parent = 1;
        nodes.put(1L, root);
    }

    ONode root() {
        return node(1);
    }

    private Optional<Errno> liveDirectory(long inode) {
        ONode node = nodes.get(inode);
        if (node == null) {
            return Optional.of(Errno.ENOENT);
        }
        if (node.kind != NodeKind.DIRECTORY) {
            return Optional.of(Errno.ENOTDIR);
        }
        return node.links == 0 ? Optional.of(Errno.ENOENT) : Optional.empty();
    }

    private ONode node(long inode) {
        ONode node = nodes.get(inode);
        if (node == null) {
            throw new AssertionError("the model has no inode " + inode);
        }
        return node;
    }

    private static long child(ONode directory, String name) {
        Long child = directory.children.get(name);
        return child == null ? 0 : child;
    }

    private void touch(ONode directory) {
        directory.modified = now;
        directory.changed = now;
    }

    Optional<Errno> refuseMake(long parent, String name) {
        Optional<Errno> refused = liveDirectory(parent);
        if (refused.isPresent()) {
            return refused;
        }
        return child(node(parent), name) != 0 ? Optional.of(Errno.EEXIST) : Optional.empty();
    }

    void make(long inode, long parent, String name, NewNode wanted) {
        ONode directory = node(parent);
        ONode made = fresh(wanted);
        if ((directory.permissions & 02000) != 0) {
            made.group = directory.group;
            made.permissions |= wanted.kind() == NodeKind.DIRECTORY ? 02000 : 0;
        }
        if (wanted.kind() == NodeKind.DIRECTORY) {
            made.links = 2;
            made.parent = parent;
            directory.links++;
        }
        nodes.put(inode, made);
        directory.children.put(name, inode);
        touch(directory);
    }

    void makeOrphan(long inode, NewNode wanted) {
        ONode made = fresh(wanted);
        made.links = 0;
        made.held = true;
        nodes.put(inode, made);
    }

    private ONode fresh(NewNode wanted) {
        ONode made = new ONode();
        made.kind = wanted.kind();
        made.permissions = wanted.permissions();
        made.links = 1;
        made.user = wanted.userId();
        made.group = wanted.groupId();
        made.target = wanted.symlinkTarget();
        made.accessed = now;
        made.modified = now;
        made.changed = now;
        made.born = now;
        return made;
    }

    Optional<Errno> link(long inode, long parent, String name) {
        if (!nodes.containsKey(inode)) {
            return Optional.of(Errno.ENOENT);
        }
        Optional<Errno> refused = refuseMake(parent, name);
        if (refused.isPresent()) {
            return refused;
        }
        ONode node = node(inode);
        if (node.kind == NodeKind.DIRECTORY) {
            return Optional.of(Errno.EPERM);
        }
        node.links++;
        node.changed = now;
        node.held = false;
        node(parent).children.put(name, inode);
        touch(node(parent));
        return Optional.empty();
    }

    Optional<Errno> remove(long parent, String name, boolean directory, boolean hold) {
        ONode holder = nodes.get(parent);
        if (holder == null) {
            return Optional.of(Errno.ENOENT);
        }
        if (holder.kind != NodeKind.DIRECTORY) {
            return Optional.of(Errno.ENOTDIR);
        }
        long inode = child(holder, name);
        if (inode == 0) {
            return Optional.of(Errno.ENOENT);
        }
        ONode node = node(inode);
        if (directory && node.kind != NodeKind.DIRECTORY) {
            return Optional.of(Errno.ENOTDIR);
        }
        if (!directory && node.kind == NodeKind.DIRECTORY) {
            return Optional.of(Errno.EISDIR);
        }
        if (!node.children.isEmpty()) {
            return Optional.of(Errno.ENOTEMPTY);
        }
        holder.children.remove(name);
        holder.links -= directory ? 1 : 0;
        touch(holder);
        dropName(inode, hold);
        return Optional.empty();
    }

    private void dropName(long inode, boolean hold) {
        ONode node = node(inode);
        node.links = node.kind == NodeKind.DIRECTORY ? 0 : node.links - 1;
        node.changed = now;
        if (node.links == 0) {
            node.held = hold;
            if (!hold) {
                nodes.remove(inode);
            }
        }
    }

    void release(long inode) {
        ONode node = nodes.get(inode);
        if (node != null && node.held) {
            nodes.remove(inode);
        }
    }

    void releaseAll() {
        nodes.values().removeIf(node -> node.held);
    }

    private boolean isAbove(long upper, long inode) {
        long at = inode;
        while (at != upper && at != 1) {
            at = node(at).parent;
        }
        return at == upper;
    }

    Optional<Errno> rename(long from, String name, long to, String newName, RenameMode mode, boolean hold) {
        ONode source = nodes.get(from);
        if (source == null) {
            return Optional.of(Errno.ENOENT);
        }
        if (source.kind != NodeKind.DIRECTORY) {
            return Optional.of(Errno.ENOTDIR);
        }
        Optional<Errno> refused = liveDirectory(to);
        if (refused.isPresent()) {
            return refused;
        }
        ONode target = node(to);
        long moved = child(source, name);
        long replaced = child(target, newName);
        if (moved == 0) {
            return Optional.of(Errno.ENOENT);
        }
        if (mode == RenameMode.NO_REPLACE && replaced != 0) {
            return Optional.of(Errno.EEXIST);
        }
        if (mode == RenameMode.EXCHANGE && replaced == 0) {
            return Optional.of(Errno.ENOENT);
        }
        boolean directory = node(moved).kind == NodeKind.DIRECTORY;
        if (directory && isAbove(moved, to)) {
            return Optional.of(Errno.EINVAL);
        }
        boolean ontoDirectory = replaced != 0 && node(replaced).kind == NodeKind.DIRECTORY;
        if (ontoDirectory && isAbove(replaced, from)) {
            return Optional.of(mode == RenameMode.EXCHANGE ? Errno.EINVAL : Errno.ENOTEMPTY);
        }
        if (moved == replaced) {
            return Optional.empty();
        }
        if (mode != RenameMode.EXCHANGE && replaced != 0) {
            if (directory && !ontoDirectory) {
                return Optional.of(Errno.ENOTDIR);
            }
            if (!directory && ontoDirectory) {
                return Optional.of(Errno.EISDIR);
            }
            if (!node(replaced).children.isEmpty()) {
                return Optional.of(Errno.ENOTEMPTY);
            }
        }
        source.children.remove(name);
        target.children.put(newName, moved);
        source.links -= directory ? 1 : 0;
        target.links += directory ? 1 : 0;
        node(moved).changed = now;
        if (directory) {
            node(moved).parent = to;
        }
        if (mode == RenameMode.EXCHANGE) {
            source.children.put(name, replaced);
            node(replaced).changed = now;
            if (ontoDirectory) {
                node(replaced).parent = from;
                target.links--;
                source.links++;
            }
        } else if (replaced != 0) {
            target.links -= ontoDirectory ? 1 : 0;
            dropName(replaced, hold);
        }
        touch(source);
        touch(target);
        return Optional.empty();
    }

    private Optional<Errno> refuseNoFile(long inode, Errno other) {
        ONode node = nodes.get(inode);
        if (node == null) {
            return Optional.of(Errno.ENOENT);
        }
        return switch (node.kind) {
            case FILE -> Optional.empty();
            case DIRECTORY -> Optional.of(Errno.EISDIR);
            case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> Optional.of(other);
        };
    }

    Optional<Errno> set(long inode, AttributeChange change) {
        if (!nodes.containsKey(inode)) {
            return Optional.of(Errno.ENOENT);
        }
        ONode node = node(inode);
        if (change.sizeBytes().isPresent()) {
            Optional<Errno> refused = refuseNoFile(inode, Errno.EINVAL);
            if (refused.isPresent()) {
                return refused;
            }
            resize(node, (int) change.sizeBytes().getAsLong());
            node.modified = now;
        }
        node.permissions = change.permissions().orElse(node.permissions);
        node.user = change.userId().orElse(node.user);
        node.group = change.groupId().orElse(node.group);
        node.accessed = change.accessNanos().orElse(node.accessed);
        node.modified = change.modifyNanos().orElse(node.modified);
        node.changed = now;
        return Optional.empty();
    }

    private static void resize(ONode node, int sizeBytes) {
        node.cells = Arrays.copyOf(node.cells, sizeBytes);
        node.inlineBytes = Math.min(node.inlineBytes, sizeBytes);
        node.inline &= node.inlineBytes > 0;
    }

    Optional<Errno> writeWhole(long inode, byte[] bytes, long modified) {
        Optional<Errno> refused = refuseNoFile(inode, Errno.EINVAL);
        if (refused.isPresent()) {
            return refused;
        }
        ONode node = node(inode);
        node.cells = new long[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            node.cells[i] = -1000L - bytes[i];
        }
        node.inline = bytes.length > 0;
        node.inlineBytes = bytes.length;
        node.modified = modified;
        node.changed = now;
        return Optional.empty();
    }

    /** Bytes at a position of a file, each with its number. */
    record Piece(int offset, long[] cells) {}

    Optional<Errno> writePieces(long inode, List<Piece> pieces, int sizeAtLeast, long modified, boolean drop) {
        Optional<Errno> refused = refuseNoFile(inode, Errno.EINVAL);
        if (refused.isPresent()) {
            return refused;
        }
        ONode node = node(inode);
        node.cells = Arrays.copyOf(node.cells, Math.max(node.cells.length, sizeAtLeast));
        node.inline = false;
        node.inlineBytes = 0;
        for (Piece piece : pieces) {
            for (int i = 0; i < piece.cells.length && piece.offset + i < node.cells.length; i++) {
                node.cells[piece.offset + i] = piece.cells[i];
            }
        }
        if (drop) {
            node.permissions &= (node.permissions & 0010) != 0 ? 01777 : 03777;
        }
        node.modified = modified;
        node.changed = now;
        return Optional.empty();
    }

    Optional<Errno> allocate(long inode, AllocateMode mode, int offset, int size) {
        Optional<Errno> refused = refuseNoFile(inode, Errno.ENODEV);
        if (refused.isPresent()) {
            return refused;
        }
        ONode node = node(inode);
        if (mode == AllocateMode.KEEP_SIZE) {
            return Optional.empty();
        }
        if (mode != AllocateMode.EXTEND) {
            for (int i = offset; i < Math.min(offset + size, node.cells.length); i++) {
                node.cells[i] = node.inline && i < node.inlineBytes ? -1000 : 0;
            }
        }
        if (mode == AllocateMode.EXTEND || mode == AllocateMode.ZERO_RANGE) {
            resize(node, Math.max(node.cells.length, offset + size));
        }
        touch(node);
        return Optional.empty();
    }

    Optional<Errno> share(long source, int from, long target, int to, int size, long modified) {
        Optional<Errno> refused = refuseNoFile(source, Errno.EINVAL);
        if (refused.isPresent()) {
            return refused;
        }
        refused = refuseNoFile(target, Errno.EINVAL);
        if (refused.isPresent()) {
            return refused;
        }
        ONode read = node(source);
        ONode written = node(target);
        boolean overlap = source == target && Math.abs(from - to) < size;
        boolean inlineLost = written.inline && (to > 0 || size < written.inlineBytes);
        if (from + size > read.cells.length || read.inline || overlap || inlineLost) {
            return Optional.of(Errno.EINVAL);
        }
        long[] moved = Arrays.copyOfRange(read.cells, from, from + size);
        written.cells = Arrays.copyOf(written.cells, Math.max(written.cells.length, to + size));
        System.arraycopy(moved, 0, written.cells, to, size);
        written.inline = false;
        written.inlineBytes = 0;
        written.modified = modified;
        written.changed = now;
        return Optional.empty();
    }

    Optional<Errno> setXattr(long inode, String name, byte[] value, XattrMode mode) {
        ONode node = nodes.get(inode);
        if (node == null) {
            return Optional.of(Errno.ENOENT);
        }
        if (mode == XattrMode.CREATE && node.xattrs.containsKey(name)) {
            return Optional.of(Errno.EEXIST);
        }
        if (mode == XattrMode.REPLACE && !node.xattrs.containsKey(name)) {
            return Optional.of(Errno.ENODATA);
        }
        node.xattrs.put(name, value);
        node.changed = now;
        return Optional.empty();
    }

    Optional<Errno> removeXattr(long inode, String name) {
        ONode node = nodes.get(inode);
        if (node == null) {
            return Optional.of(Errno.ENOENT);
        }
        if (node.xattrs.remove(name) == null) {
            return Optional.of(Errno.ENODATA);
        }
        node.changed = now;
        return Optional.empty();
    }

    long allocatedBytes(ONode node) {
        if (node.inline) {
            return node.inlineBytes;
        }
        return Arrays.stream(node.cells).filter(cell -> cell != 0).count();
    }

    /** Whether the attributes are the model's. */
    List<String> differences(Attributes shown) {
        ONode node = node(shown.inode().value());
        List<String> differences = new ArrayList<>();
        compare(differences, "kind", node.kind.modeBits(), shown.kind().modeBits());
        compare(differences, "permissions", node.permissions, shown.permissions());
        compare(differences, "links", node.links, shown.linkCount());
        compare(differences, "user", node.user, shown.userId());
        compare(differences, "group", node.group, shown.groupId());
        compare(differences, "accessed", node.accessed, shown.accessNanos());
        compare(differences, "modified", node.modified, shown.modifyNanos());
        compare(differences, "changed", node.changed, shown.changeNanos());
        compare(differences, "born", node.born, shown.birthNanos());
        compare(differences, "allocated", allocatedBytes(node), shown.allocatedBytes());
        if (node.kind == NodeKind.FILE) {
            compare(differences, "size", node.cells.length, shown.sizeBytes());
        }
        return differences;
    }

    private static void compare(List<String> differences, String what, long expected, long shown) {
        if (expected != shown) {
            differences.add(what + " is " + shown + ", should be " + expected);
        }
    }

    /** The objects that files refer to; a cell's number holds its object in the upper bits. */
    Set<Long> objects() {
        Set<Long> objects = new TreeSet<>();
        for (ONode node : nodes.values()) {
            for (long cell : node.cells) {
                if (cell > 0) {
                    objects.add(cell >>> 20);
                }
            }
        }
        return objects;
    }
}
