package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.state.Xattr;
import org.needlefs.cluster.namespace.store.Key;

/** chmod, chown, utimes, truncate, fallocate, and extended attributes. Under the state's write lock. */
final class AttributeChanges {
    static final int XATTR_VALUE_BYTES_MAX = 1 << 16;
    static final int XATTRS_BYTES_MAX = 1 << 20;

    /** Linux hands out at most this many bytes of names (XATTR_LIST_MAX). */
    static final int XATTR_NAMES_BYTES_MAX = 1 << 16;

    private static final Comparator<Xattr> BY_NAME =
            (a, b) -> Arrays.compareUnsigned(a.name().bytes(), b.name().bytes());

    private final NamespaceState state;
    private final Tree tree;
    private final Contents contents;

    AttributeChanges(NamespaceState state, Tree tree, Contents contents) {
        this.state = state;
        this.tree = tree;
        this.contents = contents;
    }

    Attributes set(Context context, Command.SetAttributes command) throws IOException {
        AttributeChange change = command.change();
        boolean resizes = change.sizeBytes().isPresent();
        Node node = resizes ? tree.file(command.inode()) : tree.node(command.inode());
        if (resizes) {
            contents.refuseSize(change.sizeBytes().getAsLong());
            node = contents.truncate(context, node, change.sizeBytes().getAsLong());
        }
        Attributes old = node.attributes();
        Attributes attributes = new AttributesEdit(old)
                .permissions(change.permissions().orElse(old.permissions()) & Nodes.PERMISSION_BITS)
                .userId(change.userId().orElse(old.userId()))
                .groupId(change.groupId().orElse(old.groupId()))
                .accessNanos(change.accessNanos().orElse(old.accessNanos()))
                .modifyNanos(change.modifyNanos().orElse(resizes ? context.timeNanos() : old.modifyNanos()))
                .changeNanos(context.timeNanos())
                .done();
        tree.save(node.with(attributes));
        return attributes;
    }

    Attributes allocate(Context context, Command.Allocate command) throws IOException {
        Node node = allocatable(command.inode());
        if (command.offsetBytes() < 0 || command.sizeBytes() <= 0) {
            throw Errno.EINVAL.because("%d bytes at %d", command.sizeBytes(), command.offsetBytes());
        }
        long end = command.offsetBytes() + command.sizeBytes();
        if (end < 0) {
            throw Errno.EFBIG.because("%d bytes at %d", command.sizeBytes(), command.offsetBytes());
        }
        contents.refuseSize(end);
        if (command.mode() == AllocateMode.KEEP_SIZE) {
            return node.attributes();
        }
        long sizeBytes = Math.max(node.attributes().sizeBytes(), end);
        Node changed = switch (command.mode()) {
            case KEEP_SIZE -> node;
            case EXTEND -> contents.truncate(context, node, sizeBytes);
            case PUNCH_HOLE, ZERO_RANGE_KEEP_SIZE -> contents.punch(context, node, command.offsetBytes(), end);
            case ZERO_RANGE ->
                contents.truncate(context, contents.punch(context, node, command.offsetBytes(), end), sizeBytes);
        };
        Attributes attributes = new AttributesEdit(changed.attributes())
                .modifyNanos(context.timeNanos())
                .changeNanos(context.timeNanos())
                .done();
        tree.save(changed.with(attributes));
        return attributes;
    }

    private Node allocatable(Inode inode) throws IOException {
        Node node = tree.node(inode);
        return switch (node.attributes().kind()) {
            case FILE -> node;
            case DIRECTORY -> throw Errno.EISDIR.because("inode %d is a directory", inode.value());
            case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
                throw Errno.ENODEV.because("inode %d is no file", inode.value());
        };
    }

    Attributes setXattr(Context context, Command.SetXattr command) throws IOException {
        Node node = tree.node(command.inode());
        if (command.value().length > XATTR_VALUE_BYTES_MAX) {
            throw Errno.E2BIG.because("a value of %d bytes", command.value().length);
        }
        List<Xattr> others = new ArrayList<>();
        boolean exists = split(node, command.name(), others);
        if (exists && command.mode() == XattrMode.CREATE) {
            throw Errno.EEXIST.because("inode %d has a '%s'", command.inode().value(), command.name());
        }
        if (!exists && command.mode() == XattrMode.REPLACE) {
            throw Errno.ENODATA.because("inode %d has no '%s'", command.inode().value(), command.name());
        }
        others.add(new Xattr(command.name(), command.value()));
        others.sort(BY_NAME);
        refuseTooMuch(others);
        return save(context, node, others);
    }

    Attributes removeXattr(Context context, Command.RemoveXattr command) throws IOException {
        Node node = tree.node(command.inode());
        List<Xattr> others = new ArrayList<>();
        if (!split(node, command.name(), others)) {
            throw Errno.ENODATA.because("inode %d has no '%s'", command.inode().value(), command.name());
        }
        return save(context, node, others);
    }

    /** Puts all attributes but the named one into {@code others}; returns whether there was that one. */
    private boolean split(Node node, Name name, List<Xattr> others) throws IOException {
        if (!node.hasXattrs()) {
            return false;
        }
        boolean exists = false;
        Optional<List<Xattr>> xattrs = state.xattrs().get(Key.of(node.inode().value()));
        for (Xattr xattr : xattrs.orElse(List.of())) {
            if (xattr.name().equals(name)) {
                exists = true;
            } else {
                others.add(xattr);
            }
        }
        return exists;
    }

    private static void refuseTooMuch(List<Xattr> xattrs) throws IOException {
        long valuesBytes = 0;
        long namesBytes = 0;
        for (Xattr xattr : xattrs) {
            valuesBytes += xattr.value().length;
            namesBytes += xattr.name().sizeBytes() + 1;
        }
        if (valuesBytes > XATTRS_BYTES_MAX || namesBytes > XATTR_NAMES_BYTES_MAX) {
            throw Errno.ENOSPC.because("too many extended attributes");
        }
    }

    private Attributes save(Context context, Node node, List<Xattr> xattrs) {
        Key key = Key.of(node.inode().value());
        if (xattrs.isEmpty()) {
            state.xattrs().remove(key);
        } else {
            state.xattrs().put(key, List.copyOf(xattrs));
        }
        Attributes attributes = new AttributesEdit(node.attributes())
                .changeNanos(context.timeNanos())
                .done();
        tree.save(node.withXattrs(!xattrs.isEmpty()).with(attributes));
        return attributes;
    }
}
