package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.needlefs.client.vfs.Caller;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;

/** Requests that act on the tree: names, nodes and their attributes. Threading: any. */
final class NodeHandlers {
    // fuse_lowlevel.h: FUSE_SET_ATTR_*
    private static final int SET_MODE = 1;
    private static final int SET_USER = 1 << 1;
    private static final int SET_GROUP = 1 << 2;
    private static final int SET_SIZE = 1 << 3;
    private static final int SET_ACCESS = 1 << 4;
    private static final int SET_MODIFY = 1 << 5;
    private static final int SET_ACCESS_NOW = 1 << 7;
    private static final int SET_MODIFY_NOW = 1 << 8;

    private static final int PERMISSIONS_MASK = 07777;

    private final FileOperations operations;
    private final InstantSource clock;

    NodeHandlers(FileOperations operations, InstantSource clock) {
        this.operations = operations;
        this.clock = clock;
    }

    void addTo(OperationTable table) {
        table.set(Slot.LOOKUP, this::lookup);
        table.set(Slot.GETATTR, this::attributes);
        table.set(Slot.SETATTR, this::setAttributes);
        table.set(Slot.READLINK, this::readSymlink);
        table.set(Slot.MKNOD, this::makeNode);
        table.set(Slot.MKDIR, this::makeDirectory);
        table.set(Slot.SYMLINK, this::makeSymlink);
        table.set(Slot.UNLINK, this::unlink);
        table.set(Slot.RMDIR, this::removeDirectory);
        table.set(Slot.RENAME, this::rename);
        table.set(Slot.LINK, this::link);
    }

    private void lookup(Call call) throws IOException {
        Attributes found;
        try {
            found = operations.lookup(call.inode(1), call.name(2));
        } catch (FsException refused) {
            if (refused.errno() == Errno.ENOENT) {
                call.noEntry();
                return;
            }
            throw refused;
        }
        call.entry(found);
    }

    private void attributes(Call call) throws IOException {
        call.attributes(operations.attributes(call.inode(1)));
    }

    private void setAttributes(Call call) throws IOException {
        call.attributes(operations.setAttributes(call.inode(1), change(call.address(2), call.integer(3))));
    }

    private void readSymlink(Call call) throws IOException {
        call.symlink(operations.readSymlink(call.inode(1)));
    }

    private void makeNode(Call call) throws IOException {
        Caller caller = call.caller();
        int mode = call.integer(3);
        int permissions = mode & PERMISSIONS_MASK;
        NodeKind kind = NodeKind.ofMode(mode);
        NewNode node = kind == NodeKind.FILE
                ? NewNode.file(permissions, caller.userId(), caller.groupId())
                : NewNode.special(kind, permissions, caller.userId(), caller.groupId(), call.number(4));
        call.entry(operations.make(call.inode(1), call.name(2), node));
    }

    private void makeDirectory(Call call) throws IOException {
        Caller caller = call.caller();
        NewNode node = NewNode.directory(call.integer(3) & PERMISSIONS_MASK, caller.userId(), caller.groupId());
        call.entry(operations.make(call.inode(1), call.name(2), node));
    }

    private void makeSymlink(Call call) throws IOException {
        Caller caller = call.caller();
        NewNode node = NewNode.symlink(Memory.string(call.address(1)), caller.userId(), caller.groupId());
        call.entry(operations.make(call.inode(2), call.name(3), node));
    }

    private void unlink(Call call) throws IOException {
        operations.unlink(call.inode(1), call.name(2));
        call.done();
    }

    private void removeDirectory(Call call) throws IOException {
        operations.removeDirectory(call.inode(1), call.name(2));
        call.done();
    }

    private void rename(Call call) throws IOException {
        operations.rename(call.inode(1), call.name(2), call.inode(3), call.name(4), RenameMode.REPLACE);
        call.done();
    }

    private void link(Call call) throws IOException {
        call.entry(operations.link(call.inode(1), call.inode(2), call.name(3)));
    }

    private AttributeChange change(long stat, int what) {
        AttributeChange change = AttributeChange.NONE;
        if ((what & SET_MODE) != 0) {
            change = change.withPermissions(StatLayout.permissions(stat));
        }
        if ((what & SET_USER) != 0) {
            change = change.withUserId(StatLayout.userId(stat));
        }
        if ((what & SET_GROUP) != 0) {
            change = change.withGroupId(StatLayout.groupId(stat));
        }
        if ((what & SET_SIZE) != 0) {
            change = change.withSizeBytes(StatLayout.sizeBytes(stat));
        }
        if ((what & SET_ACCESS_NOW) != 0) {
            change = change.withAccessNanos(nowNanos());
        } else if ((what & SET_ACCESS) != 0) {
            change = change.withAccessNanos(StatLayout.accessNanos(stat));
        }
        if ((what & SET_MODIFY_NOW) != 0) {
            change = change.withModifyNanos(nowNanos());
        } else if ((what & SET_MODIFY) != 0) {
            change = change.withModifyNanos(StatLayout.modifyNanos(stat));
        }
        return change;
    }

    private long nowNanos() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
