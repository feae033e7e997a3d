package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;

/** From birth to death of a node: fresh, named, held as an orphan, freed. Under the state's write lock. */
final class Nodes {
    static final int PERMISSION_BITS = 07777;
    private static final long DIRECTORY_ENTRY_BYTES = 64;
    private static final long DIRECTORY_BLOCK_BYTES = 4096;

    private final NamespaceState state;
    private final Tree tree;
    private final Counters counters;
    private final Sessions sessions;
    private final Contents contents;

    Nodes(NamespaceState state, Tree tree, Counters counters, Sessions sessions, Contents contents) {
        this.state = state;
        this.tree = tree;
        this.counters = counters;
        this.sessions = sessions;
        this.contents = contents;
    }

    Node fresh(Context context, Inode inode, NewNode wanted, long parent, int linkCount) {
        long now = context.timeNanos();
        boolean device = wanted.kind() == NodeKind.BLOCK_DEVICE || wanted.kind() == NodeKind.CHARACTER_DEVICE;
        long sizeBytes = wanted.kind() == NodeKind.DIRECTORY ? directorySizeBytes(0) : wanted.symlinkTarget().length;
        Attributes attributes = new Attributes(
                inode,
                wanted.kind(),
                wanted.permissions() & PERMISSION_BITS,
                linkCount,
                wanted.userId(),
                wanted.groupId(),
                device ? wanted.deviceNumber() : 0,
                sizeBytes,
                0,
                now,
                now,
                now,
                now,
                1);
        return new Node(attributes, parent, 0, Node.ContentKind.NONE, false, 0, wanted.symlinkTarget());
    }

    /** The directory with entries more or less. */
    Node entriesChanged(Context context, Node directory, int moreEntries, int moreDirectories) {
        long entryCount = directory.entryCount() + moreEntries;
        Attributes attributes = new AttributesEdit(directory.attributes())
                .linkCount(directory.attributes().linkCount() + moreDirectories)
                .sizeBytes(directorySizeBytes(entryCount))
                .modifyNanos(context.timeNanos())
                .changeNanos(context.timeNanos())
                .done();
        return directory.withEntryCount(entryCount).with(attributes);
    }

    static long directorySizeBytes(long entryCount) {
        long blocks = Math.ceilDiv(entryCount * DIRECTORY_ENTRY_BYTES, DIRECTORY_BLOCK_BYTES);
        return Math.max(1, blocks) * DIRECTORY_BLOCK_BYTES;
    }

    /** The node with a name less; without any, it is held or freed. Its entry is removed already. */
    Attributes dropName(Context context, Node node, boolean hold) throws IOException {
        int left = node.attributes().isDirectory() ? 0 : node.attributes().linkCount() - 1;
        Attributes attributes = new AttributesEdit(node.attributes())
                .linkCount(left)
                .changeNanos(context.timeNanos())
                .done();
        Node changed = node.with(attributes);
        if (left > 0) {
            tree.save(changed);
        } else if (hold && context.session() != Envelope.SYSTEM) {
            tree.save(held(context, changed));
        } else {
            free(context, changed);
        }
        return attributes;
    }

    /** The node as an orphan of the context's session. */
    Node held(Context context, Node node) {
        state.orphans().put(new Key(context.session(), node.inode().value()), 1L);
        sessions.orphansGrew(context.session(), 1);
        return node.withHolder(context.session());
    }

    /** The node as nobody's orphan. */
    Node letGo(Node node) {
        if (node.holder() == 0) {
            return node;
        }
        state.orphans().remove(new Key(node.holder(), node.inode().value()));
        sessions.orphansGrew(node.holder(), -1);
        return node.withHolder(0);
    }

    /** Removes the node with its content and attributes. */
    void free(Context context, Node node) throws IOException {
        contents.free(context, node);
        if (node.hasXattrs()) {
            state.xattrs().remove(Key.of(node.inode().value()));
        }
        tree.forget(letGo(node).inode());
        counters.inodeFreed();
    }
}
