package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.Optional;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.Table;

/** Nodes by number and entries by name. Knows how names that share a hash stand in line. Under the state's lock. */
public final class Tree {
    private final Table<Node> nodes;
    private final Table<EntryRow> entries;
    private final NameHash hash;

    public Tree(NamespaceState state, NameHash hash) {
        this.nodes = state.nodes();
        this.entries = state.entries();
        this.hash = hash;
    }

    /** An entry and where it stands. */
    public record Place(long cookie, EntryRow.Named entry) {}

    public Optional<Node> find(Inode inode) throws IOException {
        return nodes.get(Key.of(inode.value()));
    }

    /** @throws org.needlefs.cluster.model.FsException ENOENT */
    public Node node(Inode inode) throws IOException {
        Optional<Node> node = find(inode);
        if (node.isEmpty()) {
            throw Errno.ENOENT.because("there is no inode %d", inode.value());
        }
        return node.get();
    }

    /** @throws org.needlefs.cluster.model.FsException ENOENT, ENOTDIR */
    public Node directory(Inode inode) throws IOException {
        Node node = node(inode);
        if (!node.attributes().isDirectory()) {
            throw Errno.ENOTDIR.because("inode %d is no directory", inode.value());
        }
        return node;
    }

    /** A directory that may get entries. @throws org.needlefs.cluster.model.FsException ENOENT (also: removed), ENOTDIR */
    public Node liveDirectory(Inode inode) throws IOException {
        Node node = directory(inode);
        if (node.attributes().linkCount() == 0) {
            throw Errno.ENOENT.because("directory %d is removed", inode.value());
        }
        return node;
    }

    /** @throws org.needlefs.cluster.model.FsException ENOENT, EISDIR, EINVAL */
    public Node file(Inode inode) throws IOException {
        Node node = node(inode);
        return switch (node.attributes().kind()) {
            case FILE -> node;
            case DIRECTORY -> throw Errno.EISDIR.because("inode %d is a directory", inode.value());
            case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
                throw Errno.EINVAL.because("inode %d has no content", inode.value());
        };
    }

    public Optional<Place> entry(Inode parent, Name name) throws IOException {
        long first = hash.firstCookie(name);
        for (int i = 0; i < NameHash.COLLISION_COUNT_MAX; i++) {
            Optional<EntryRow> row = entries.get(new Key(parent.value(), first + i));
            if (row.isEmpty()) {
                return Optional.empty();
            }
            if (row.get() instanceof EntryRow.Named named && named.name().equals(name)) {
                return Optional.of(new Place(first + i, named));
            }
        }
        return Optional.empty();
    }

    /** @throws org.needlefs.cluster.model.FsException ENOENT */
    Place existingEntry(Inode parent, Name name) throws IOException {
        Optional<Place> place = entry(parent, name);
        if (place.isEmpty()) {
            throw Errno.ENOENT.because("directory %d has no '%s'", parent.value(), name);
        }
        return place.get();
    }

    /** @throws org.needlefs.cluster.model.FsException EEXIST */
    void refuseExisting(Inode parent, Name name) throws IOException {
        if (entry(parent, name).isPresent()) {
            throw Errno.EEXIST.because("directory %d has a '%s' already", parent.value(), name);
        }
    }

    /** Where a new entry would stand. @throws org.needlefs.cluster.model.FsException ENOSPC 256 names share the hash */
    long freeCookie(Inode parent, Name name) throws IOException {
        long first = hash.firstCookie(name);
        for (int i = 0; i < NameHash.COLLISION_COUNT_MAX; i++) {
            Optional<EntryRow> row = entries.get(new Key(parent.value(), first + i));
            if (row.isEmpty() || row.get() instanceof EntryRow.Gap) {
                return first + i;
            }
        }
        throw Errno.ENOSPC.because("directory %d has too many names like '%s'", parent.value(), name);
    }

    void putEntry(Inode parent, long cookie, Name name, Inode inode, NodeKind kind) {
        entries.put(new Key(parent.value(), cookie), new EntryRow.Named(name, inode, kind));
    }

    void removeEntry(Inode parent, long cookie) throws IOException {
        boolean last = (cookie & 0xFF) == 0xFF
                || entries.get(new Key(parent.value(), cookie + 1)).isEmpty();
        if (!last) {
            entries.put(new Key(parent.value(), cookie), new EntryRow.Gap());
            return;
        }
        entries.remove(new Key(parent.value(), cookie));
        // Invariant: a gap has a row behind it.
        for (long before = cookie - 1; (before & 0xFF) != 0xFF; before--) {
            Key key = new Key(parent.value(), before);
            Optional<EntryRow> row = entries.get(key);
            if (row.isEmpty() || row.get() instanceof EntryRow.Named) {
                return;
            }
            entries.remove(key);
        }
    }

    void save(Node node) {
        nodes.put(Key.of(node.inode().value()), node);
    }

    void forget(Inode inode) {
        nodes.remove(Key.of(inode.value()));
    }
}
