package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;

/** Applies the corrections that a check proposed. Objects that drop out are left to the search for unreferenced ones. */
final class Mends {
    private final NamespaceState state;
    private final Tree tree;
    private final Counters counters;
    private final ChunkRows chunks;

    Mends(NamespaceState state, Tree tree, Counters counters) {
        this.state = state;
        this.tree = tree;
        this.counters = counters;
        this.chunks = new ChunkRows(state.chunks());
    }

    void apply(Context context, Mend mend) throws IOException {
        switch (mend) {
            case Mend.Numbers numbers -> numbers(context, numbers);
            case Mend.DropEntry(var parent, var name) -> {
                Optional<Tree.Place> place = tree.entry(parent, name);
                if (place.isPresent()) {
                    tree.removeEntry(parent, place.get().cookie());
                }
            }
            case Mend.Adopt(var inode, var parent, var name) -> {
                Node node = tree.node(inode);
                tree.refuseExisting(parent, name);
                long cookie = tree.freeCookie(parent, name);
                tree.putEntry(parent, cookie, name, inode, node.attributes().kind());
                tree.save(node.attributes().isDirectory() ? node.withParent(parent.value()) : node);
            }
            case Mend.DropNode(var inode) -> {
                dropRows(inode);
                tree.forget(inode);
            }
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
            case Mend.Totals(long inodeCount, long contentBytes, long sharedCount, long garbageCount) ->
                counters.mend(inodeCount, contentBytes, sharedCount, garbageCount);
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
        Node mended = node.with(attributes);
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
        state.xattrs().remove(Key.of(inode.value()));
        for (var chunk : chunks.range(inode, 0, Long.MAX_VALUE)) {
            chunks.put(inode, chunk.index(), List.of());
        }
    }
}
