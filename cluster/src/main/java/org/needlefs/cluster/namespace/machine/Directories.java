package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.state.Node;

/** Makes, links and removes nodes. Every method refuses before it changes anything. Under the state's write lock. */
final class Directories {
    static final int LINK_COUNT_MAX = Integer.MAX_VALUE;
    private static final int SETGID = 02000;
    private static final int SYMLINK_TARGET_MAX = 4095;

    private final Tree tree;
    private final Counters counters;
    private final Nodes nodes;

    Directories(Tree tree, Counters counters, Nodes nodes) {
        this.tree = tree;
        this.counters = counters;
        this.nodes = nodes;
    }

    void makeRoot(Context context, Command.Format command) {
        NewNode root = NewNode.directory(command.rootPermissions(), command.rootUserId(), command.rootGroupId());
        Inode inode = new Inode(counters.newInode());
        tree.save(nodes.fresh(context, inode, root, inode.value(), 2));
    }

    Attributes make(Context context, Command.Make command) throws IOException {
        Node parent = tree.liveDirectory(command.parent());
        tree.refuseExisting(command.parent(), command.name());
        checkNew(command.node());
        boolean directory = command.node().kind() == NodeKind.DIRECTORY;
        if (directory) {
            refuseMoreLinks(parent);
        }
        long cookie = tree.freeCookie(command.parent(), command.name());
        NewNode wanted = inherit(parent.attributes(), command.node());
        Inode inode = new Inode(counters.newInode());
        Node node =
                nodes.fresh(context, inode, wanted, directory ? command.parent().value() : 0, directory ? 2 : 1);
        tree.save(node);
        tree.putEntry(command.parent(), cookie, command.name(), inode, wanted.kind());
        tree.save(nodes.entriesChanged(context, parent, 1, directory ? 1 : 0));
        return node.attributes();
    }

    Attributes makeOrphan(Context context, Command.MakeOrphan command) throws IOException {
        checkNew(command.node());
        if (command.node().kind() != NodeKind.FILE) {
            throw Errno.EINVAL.because("only a file can be made without a name");
        }
        Inode inode = new Inode(counters.newInode());
        Node node = nodes.held(context, nodes.fresh(context, inode, command.node(), 0, 0));
        tree.save(node);
        return node.attributes();
    }

    private static void checkNew(NewNode node) throws IOException {
        int targetBytes = node.symlinkTarget().length;
        if (node.kind() != NodeKind.SYMLINK && targetBytes > 0) {
            throw Errno.EINVAL.because("only a symlink has a target");
        }
        if (node.kind() == NodeKind.SYMLINK && targetBytes == 0) {
            throw Errno.ENOENT.because("a symlink to nothing");
        }
        if (targetBytes > SYMLINK_TARGET_MAX) {
            throw Errno.ENAMETOOLONG.because("a symlink's target has at most %d bytes", SYMLINK_TARGET_MAX);
        }
    }

    private static NewNode inherit(Attributes parent, NewNode node) {
        if ((parent.permissions() & SETGID) == 0) {
            return node;
        }
        int permissions = node.kind() == NodeKind.DIRECTORY ? node.permissions() | SETGID : node.permissions();
        return new NewNode(
                node.kind(), permissions, node.userId(), parent.groupId(), node.deviceNumber(), node.symlinkTarget());
    }

    Attributes link(Context context, Command.Link command) throws IOException {
        Node node = tree.node(command.inode());
        Node parent = tree.liveDirectory(command.newParent());
        tree.refuseExisting(command.newParent(), command.newName());
        if (node.attributes().isDirectory()) {
            throw Errno.EPERM.because(
                    "a directory has one name only (inode %d)", node.inode().value());
        }
        refuseMoreLinks(node);
        long cookie = tree.freeCookie(command.newParent(), command.newName());
        Attributes attributes = new AttributesEdit(node.attributes())
                .linkCount(node.attributes().linkCount() + 1)
                .changeNanos(context.timeNanos())
                .done();
        tree.save(nodes.letGo(node).with(attributes));
        tree.putEntry(command.newParent(), cookie, command.newName(), node.inode(), attributes.kind());
        tree.save(nodes.entriesChanged(context, parent, 1, 0));
        return attributes;
    }

    static void refuseMoreLinks(Node node) throws IOException {
        if (node.attributes().linkCount() >= LINK_COUNT_MAX) {
            throw Errno.EMLINK.because(
                    "inode %d has too many links", node.inode().value());
        }
    }

    Attributes unlink(Context context, Command.Unlink command) throws IOException {
        Node parent = tree.directory(command.parent());
        Tree.Place place = tree.existingEntry(command.parent(), command.name());
        Node node = tree.node(place.entry().inode());
        if (node.attributes().isDirectory()) {
            throw Errno.EISDIR.because("'%s' is a directory", command.name());
        }
        tree.removeEntry(command.parent(), place.cookie());
        tree.save(nodes.entriesChanged(context, parent, -1, 0));
        return nodes.dropName(context, node, command.hold());
    }

    void removeDirectory(Context context, Command.RemoveDirectory command) throws IOException {
        Node parent = tree.directory(command.parent());
        Tree.Place place = tree.existingEntry(command.parent(), command.name());
        Node node = tree.node(place.entry().inode());
        if (!node.attributes().isDirectory()) {
            throw Errno.ENOTDIR.because("'%s' is no directory", command.name());
        }
        refuseEntries(node);
        tree.removeEntry(command.parent(), place.cookie());
        tree.save(nodes.entriesChanged(context, parent, -1, -1));
        Attributes _ = nodes.dropName(context, node, command.hold());
    }

    static void refuseEntries(Node directory) throws IOException {
        if (directory.entryCount() > 0) {
            throw Errno.ENOTEMPTY.because(
                    "directory %d has %d entries", directory.inode().value(), directory.entryCount());
        }
    }
}
