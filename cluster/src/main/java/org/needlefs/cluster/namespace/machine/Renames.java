package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.state.Node;

/**
 * rename(2) and renameat2(2), with Linux's refusals in Linux's order. Under the state's write lock.
 */
final class Renames {
    private final Tree tree;
    private final Nodes nodes;

    Renames(Tree tree, Nodes nodes) {
        this.tree = tree;
        this.nodes = nodes;
    }

    /** Returns the node that was replaced. */
    Optional<Attributes> rename(Context context, Command.Rename command) throws IOException {
        Node parent = tree.directory(command.parent());
        Node newParent = tree.liveDirectory(command.newParent());
        Tree.Place from = tree.existingEntry(command.parent(), command.name());
        Optional<Tree.Place> to = tree.entry(command.newParent(), command.newName());
        if (command.mode() == RenameMode.NO_REPLACE && to.isPresent()) {
            throw Errno.EEXIST.because("'%s' exists", command.newName());
        }
        if (command.mode() == RenameMode.EXCHANGE && to.isEmpty()) {
            throw Errno.ENOENT.because("there is no '%s' to exchange with", command.newName());
        }
        Node node = tree.node(from.entry().inode());
        refuseInside(node, newParent, Errno.EINVAL);
        if (to.isEmpty()) {
            refuseMoreDirectories(node, parent, newParent);
            long cookie = tree.freeCookie(command.newParent(), command.newName());
            move(context, command, from, cookie, 0);
            return Optional.empty();
        }
        Node target = tree.node(to.get().entry().inode());
        refuseInside(target, parent, command.mode() == RenameMode.EXCHANGE ? Errno.EINVAL : Errno.ENOTEMPTY);
        if (target.inode().equals(node.inode())) {
            return Optional.empty();
        }
        if (command.mode() == RenameMode.EXCHANGE) {
            exchange(context, command, from, to.get());
            return Optional.empty();
        }
        boolean directory = node.attributes().isDirectory();
        if (directory && !target.attributes().isDirectory()) {
            throw Errno.ENOTDIR.because("'%s' is no directory", command.newName());
        }
        if (!directory && target.attributes().isDirectory()) {
            throw Errno.EISDIR.because("'%s' is a directory", command.newName());
        }
        Directories.refuseEntries(target);
        move(context, command, from, to.get().cookie(), 1);
        return Optional.of(nodes.dropName(context, target, command.hold()));
    }

    /** @param replacedCount entries that the new one takes the place of: 0 or 1 */
    private void move(Context context, Command.Rename command, Tree.Place from, long cookie, int replacedCount)
            throws IOException {
        Node node = tree.node(from.entry().inode());
        int directories = node.attributes().isDirectory() ? 1 : 0;
        tree.putEntry(
                command.newParent(),
                cookie,
                command.newName(),
                node.inode(),
                node.attributes().kind());
        tree.removeEntry(command.parent(), from.cookie());
        tree.save(nodes.entriesChanged(context, tree.node(command.parent()), -1, -directories));
        tree.save(nodes.entriesChanged(
                context, tree.node(command.newParent()), 1 - replacedCount, directories - directories * replacedCount));
        saveMoved(context, node, command.newParent());
    }

    private void exchange(Context context, Command.Rename command, Tree.Place from, Tree.Place to) throws IOException {
        Node node = tree.node(from.entry().inode());
        Node target = tree.node(to.entry().inode());
        int moved =
                (node.attributes().isDirectory() ? 1 : 0) - (target.attributes().isDirectory() ? 1 : 0);
        if (!command.parent().equals(command.newParent()) && moved != 0) {
            Directories.refuseMoreLinks(tree.node(moved > 0 ? command.newParent() : command.parent()));
        }
        tree.putEntry(
                command.parent(),
                from.cookie(),
                command.name(),
                target.inode(),
                target.attributes().kind());
        tree.putEntry(
                command.newParent(),
                to.cookie(),
                command.newName(),
                node.inode(),
                node.attributes().kind());
        tree.save(nodes.entriesChanged(context, tree.node(command.parent()), 0, -moved));
        tree.save(nodes.entriesChanged(context, tree.node(command.newParent()), 0, moved));
        saveMoved(context, node, command.newParent());
        saveMoved(context, target, command.parent());
    }

    /** Nodes are read anew: one of them may be the other's parent, and changed a moment ago. */
    private void saveMoved(Context context, Node node, Inode newParent) throws IOException {
        Node fresh = tree.node(node.inode());
        Attributes attributes = new AttributesEdit(fresh.attributes())
                .changeNanos(context.timeNanos())
                .done();
        Node changed = fresh.with(attributes);
        tree.save(attributes.isDirectory() ? changed.withParent(newParent.value()) : changed);
    }

    private static void refuseMoreDirectories(Node node, Node parent, Node newParent) throws IOException {
        if (node.attributes().isDirectory() && !parent.inode().equals(newParent.inode())) {
            Directories.refuseMoreLinks(newParent);
        }
    }

    /** Refuses if {@code directory} stands in {@code node}'s subtree. */
    private void refuseInside(Node node, Node directory, Errno errno) throws IOException {
        if (!node.attributes().isDirectory()) {
            return;
        }
        for (Node above = directory; ; above = tree.node(new Inode(above.parent()))) {
            if (above.inode().equals(node.inode())) {
                throw errno.because(
                        "directory %d is above directory %d",
                        node.inode().value(), directory.inode().value());
            }
            if (above.inode().equals(Inode.ROOT)) {
                return;
            }
        }
    }
}
