package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;

/** Applies the corrections that a check proposed. Objects that drop out are left to the search for unreferenced ones. */
final class Mends {
    private final NamespaceState state;
    private final Tree tree;
    private final Nodes nodes;
    private final Counters counters;
    private final ChunkRows chunks;

    Mends(NamespaceState state, Tree tree, Nodes nodes, Counters counters) {
        this.state = state;
        this.tree = tree;
        this.nodes = nodes;
        this.counters = counters;
        this.chunks = new ChunkRows(state.chunks());
    }

    void apply(Context context, Mend mend) throws IOException {
        switch (mend) {
            case Mend.Numbers numbers -> numbers(context, numbers);
            case Mend.DropEntry(var parent, long cookie) -> tree.removeEntry(parent, cookie);
            case Mend.Adopt(var inode, var parent, var name) -> {
                Node node = tree.node(inode);
                Node _ = tree.liveDirectory(parent);
                tree.refuseExisting(parent, name);
                long cookie = tree.freeCookie(parent, name);
                tree.putEntry(parent, cookie, name, inode, node.attributes().kind());
                tree.save(node.attributes().isDirectory() ? node.withParent(parent.value()) : node);
            }
            case Mend.LetGo(long session, var inode) -> letGo(session, inode);
            case Mend.DropRows(var inode) -> dropRows(inode);
            case Mend.DropExtents(var inode, long chunkIndex, var object) -> {
                List<Extent> left = chunks.get(inode, chunkIndex).stream()
                        .filter(extent -> !extent.object().equals(object))
                        .toList();
                chunks.put(inode, chunkIndex, left);
            }
            case Mend.References(var object, long count) -> {
                Key key = new Key(object.high(), object.low());
                if (count >= 2) {
                    state.references().put(key, count);
                } else {
                    state.references().remove(key);
                }
            }
            case Mend.Totals totals -> counters.mend(totals);
            case Mend.CutBehindEnd(var inode, long chunkIndex) -> cutBehindEnd(inode, chunkIndex);
            case Mend.KeepOneContent(var inode) -> keepOneContent(inode);
            case Mend.RetypeEntry(var parent, long cookie) -> {
                Optional<EntryRow> row = state.entries().get(new Key(parent.value(), cookie));
                if (row.isPresent() && row.get() instanceof EntryRow.Named(Name name, Inode inode, var _)) {
                    tree.putEntry(
                            parent,
                            cookie,
                            name,
                            inode,
                            tree.node(inode).attributes().kind());
                }
            }
            case Mend.DropGarbage(long logIndex, long number) -> state.garbage().remove(new Key(logIndex, number));
        }
    }

    private void letGo(long session, Inode inode) throws IOException {
        state.orphans().remove(new Key(session, inode.value()));
        Optional<Node> node = tree.find(inode);
        if (node.isPresent() && node.get().holder() == session) {
            tree.save(nodes.letGo(node.get()));
        }
    }

    private void cutBehindEnd(Inode inode, long chunkIndex) throws IOException {
        long sizeBytes = tree.file(inode).attributes().sizeBytes();
        int chunkSizeBytes = counters.geometry().chunkSizeBytes();
        boolean behind = chunkIndex < 0 || chunkIndex > sizeBytes / chunkSizeBytes;
        int leftBytes = behind ? 0 : Math.clamp(sizeBytes - chunkIndex * chunkSizeBytes, 0, chunkSizeBytes);
        List<Extent> extents = chunks.get(inode, chunkIndex);
        chunks.put(inode, chunkIndex, List.copyOf(ExtentLists.clip(extents, 0, leftBytes)));
        Key key = Key.of(inode.value());
        Optional<byte[]> bytes = state.inline().get(key);
        if (bytes.isPresent() && (bytes.get().length > sizeBytes || bytes.get().length == 0)) {
            putInline(key, Arrays.copyOf(bytes.get(), (int) Math.min(sizeBytes, bytes.get().length)));
        }
    }

    private void putInline(Key key, byte[] bytes) {
        if (bytes.length == 0) {
            state.inline().remove(key);
        } else {
            state.inline().put(key, bytes);
        }
    }

    private void keepOneContent(Inode inode) throws IOException {
        if (tree.node(inode).contentKind() == Node.ContentKind.INLINE) {
            dropChunks(inode);
        } else {
            state.inline().remove(Key.of(inode.value()));
        }
    }

    private void numbers(Context context, Mend.Numbers numbers) throws IOException {
        Node node = tree.node(numbers.inode());
        boolean directory = node.attributes().isDirectory();
        AttributesEdit edit = new AttributesEdit(node.attributes())
                .linkCount(numbers.linkCount())
                .allocatedBytes(numbers.allocatedBytes())
                .changeNanos(context.timeNanos());
        if (directory) {
            edit.sizeBytes(Nodes.directorySizeBytes(numbers.entryCount()));
        }
        Attributes attributes = edit.done();
        boolean xattrs = state.xattrs().get(Key.of(numbers.inode().value())).isPresent();
        Node mended = node.with(attributes).withXattrs(xattrs);
        tree.save(
                directory
                        ? mended.withParent(numbers.parent().value()).withEntryCount(numbers.entryCount())
                        : mended.withContentKind(contentKind(node.inode())));
    }

    private Node.ContentKind contentKind(Inode inode) throws IOException {
        if (state.inline().get(Key.of(inode.value())).isPresent()) {
            return Node.ContentKind.INLINE;
        }
        boolean[] any = {false};
        state.chunks().scan(Key.of(inode.value()), new Key(inode.value(), -1), (_, _) -> {
            any[0] = true;
            return false;
        });
        return any[0] ? Node.ContentKind.CHUNKS : Node.ContentKind.NONE;
    }

    private void dropRows(Inode inode) throws IOException {
        state.inline().remove(Key.of(inode.value()));
        if (tree.find(inode).isEmpty()) {
            state.xattrs().remove(Key.of(inode.value()));
        }
        dropChunks(inode);
    }

    private void dropChunks(Inode inode) throws IOException {
        for (var chunk : chunks.range(inode, 0, -1)) {
            chunks.put(inode, chunk.index(), List.of());
        }
    }
}
