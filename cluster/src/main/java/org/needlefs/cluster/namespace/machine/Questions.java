package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.state.Xattr;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.storage.CorruptDataException;

/** What can be asked of the namespace. Under a lock of the state. */
public final class Questions {
    private final NamespaceState state;
    private final Tree tree;
    private final ChunkRows chunks;

    public Questions(NamespaceState state, Tree tree) {
        this.state = state;
        this.tree = tree;
        this.chunks = new ChunkRows(state.chunks());
    }

    public Attributes attributes(Inode inode) throws IOException {
        return tree.node(inode).attributes();
    }

    public Optional<Attributes> lookup(Inode parent, Name name) throws IOException {
        Node _ = tree.directory(parent);
        Optional<Tree.Place> place = tree.entry(parent, name);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(existing(place.get().entry()));
    }

    public Inode parent(Inode directory) throws IOException {
        return new Inode(tree.directory(directory).parent());
    }

    public List<Entry> list(Inode directory, long cookie, int countMax) throws IOException {
        Node _ = tree.directory(directory);
        List<Entry> listed = new ArrayList<>(Math.min(countMax, 1024));
        if (cookie < 0) {
            throw Errno.EINVAL.because("no listing goes on at %d", cookie);
        }
        if (countMax <= 0) {
            return listed;
        }
        Key first = new Key(directory.value(), cookie + 1);
        state.entries().scan(first, new Key(directory.value(), Long.MAX_VALUE), (key, row) -> {
            if (row instanceof EntryRow.Named named) {
                listed.add(new Entry(named.name(), key.low(), existing(named)));
            }
            return listed.size() < countMax;
        });
        return listed;
    }

    private Attributes existing(EntryRow.Named entry) throws IOException {
        Optional<Node> node = tree.find(entry.inode());
        if (node.isEmpty()) {
            throw new CorruptDataException(
                    "'" + entry.name() + "' leads to inode " + entry.inode() + ", which is gone");
        }
        return node.get().attributes();
    }

    public byte[] readSymlink(Inode inode) throws IOException {
        Node node = tree.node(inode);
        if (node.attributes().kind() != NodeKind.SYMLINK) {
            throw Errno.EINVAL.because("inode %d is no symlink", inode.value());
        }
        return node.symlinkTarget().clone();
    }

    public Content content(Inode inode, long firstChunk, int chunkCount) throws IOException {
        Node node = tree.file(inode);
        if (firstChunk < 0 || chunkCount < 0) {
            throw Errno.EINVAL.because("%d chunks from %d on", chunkCount, firstChunk);
        }
        return switch (node.contentKind()) {
            case NONE -> new Content.Chunks(List.of());
            case INLINE ->
                new Content.Inline(state.inline()
                        .get(Key.of(inode.value()))
                        .orElseThrow(() -> new CorruptDataException("the bytes of inode " + inode + " are gone")));
            case CHUNKS -> new Content.Chunks(List.copyOf(range(inode, firstChunk, chunkCount)));
        };
    }

    private List<Chunk> range(Inode inode, long firstChunk, int chunkCount) throws IOException {
        long last = firstChunk + chunkCount - 1;
        return chunkCount == 0 ? List.of() : chunks.range(inode, firstChunk, last < 0 ? Long.MAX_VALUE : last);
    }

    public byte[] xattr(Inode inode, Name name) throws IOException {
        for (Xattr xattr : xattrRows(inode)) {
            if (xattr.name().equals(name)) {
                return xattr.value().clone();
            }
        }
        throw Errno.ENODATA.because("inode %d has no '%s'", inode.value(), name);
    }

    public List<Name> xattrs(Inode inode) throws IOException {
        return xattrRows(inode).stream().map(Xattr::name).toList();
    }

    private List<Xattr> xattrRows(Inode inode) throws IOException {
        return tree.node(inode).hasXattrs()
                ? state.xattrs().get(Key.of(inode.value())).orElse(List.of())
                : List.of();
    }
}
