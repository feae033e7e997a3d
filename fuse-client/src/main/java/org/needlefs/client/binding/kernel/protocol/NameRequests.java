package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.client.vfs.FileOperations.Created;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;

/** Requests about entries of directories: find, make, remove, rename. Threading: any. */
final class NameRequests {
    private static final int PERMISSIONS_MASK = 07777;
    private static final int RENAME_NOREPLACE = 1;
    private static final int RENAME_EXCHANGE = 2;

    private final FileOperations operations;

    NameRequests(FileOperations operations) {
        this.operations = operations;
    }

    void lookup(RequestBytes request, ReplyBytes reply) throws IOException {
        Inode parent = request.node();
        byte[] name = request.string(0);
        if (isDots(name)) {
            // Only who exports the mount over NFS asks for these.
            reply.entry(operations.attributes(name.length == 1 ? parent : operations.parent(parent)));
            return;
        }
        try {
            reply.entry(operations.lookup(parent, Name.of(name)));
        } catch (FsException refusal) {
            if (refusal.errno() != Errno.ENOENT || !reply.allowsCaching()) {
                throw refusal;
            }
            reply.absentEntry();
        }
    }

    /** The target follows the name. */
    void symlink(RequestBytes request, ReplyBytes reply) throws IOException {
        byte[] name = request.string(0);
        byte[] target = request.string(name.length + 1);
        NewNode node = NewNode.symlink(target, request.userId(), request.groupId());
        reply.entry(operations.make(request.node(), Name.of(name), node));
    }

    void readlink(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.bytes(operations.readSymlink(request.node()));
    }

    /** {@code fuse_mknod_in}, then the name. */
    void mknod(RequestBytes request, ReplyBytes reply) throws IOException {
        int mode = request.int32(0);
        NodeKind kind = NodeKind.ofMode(mode);
        boolean isDevice = kind == NodeKind.CHARACTER_DEVICE || kind == NodeKind.BLOCK_DEVICE;
        long deviceNumber = isDevice ? Integer.toUnsignedLong(request.int32(4)) : 0;
        NewNode node =
                NewNode.special(kind, mode & PERMISSIONS_MASK, request.userId(), request.groupId(), deviceNumber);
        reply.entry(operations.make(request.node(), request.name(16), node));
    }

    /** {@code fuse_mkdir_in}, then the name. */
    void mkdir(RequestBytes request, ReplyBytes reply) throws IOException {
        NewNode node = NewNode.directory(request.int32(0) & PERMISSIONS_MASK, request.userId(), request.groupId());
        reply.entry(operations.make(request.node(), request.name(8), node));
    }

    /** {@code fuse_create_in}, then the name. */
    void create(RequestBytes request, ReplyBytes reply) throws IOException {
        int flags = OpenFlags.forFilesystem(request.int32(0));
        Created created = createOrOpen(request.node(), request.name(16), newFile(request), flags);
        reply.entry(created.attributes());
        OpenFlags.reply(reply, created.file().handle(), flags, created.file().keepCache());
    }

    /** As CREATE; the name that follows means nothing. */
    void tmpfile(RequestBytes request, ReplyBytes reply) throws IOException {
        int flags = OpenFlags.forFilesystem(request.int32(0));
        Created created = operations.createOrphan(newFile(request), flags);
        reply.entry(created.attributes());
        OpenFlags.reply(reply, created.file().handle(), flags, created.file().keepCache());
    }

    /** {@code fuse_link_in}, then the new name; the node is the new parent. */
    void link(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.entry(operations.link(request.inode(0), request.node(), request.name(8)));
    }

    void unlink(RequestBytes request) throws IOException {
        operations.unlink(request.node(), request.name(0));
    }

    void rmdir(RequestBytes request) throws IOException {
        operations.removeDirectory(request.node(), request.name(0));
    }

    /** {@code fuse_rename_in}, then the old and the new name. */
    void rename(RequestBytes request) throws IOException {
        rename(request, 8, RenameMode.REPLACE);
    }

    /** {@code fuse_rename2_in}, then the old and the new name. */
    void rename2(RequestBytes request) throws IOException {
        int flags = request.int32(8);
        RenameMode mode = switch (flags) {
            case 0 -> RenameMode.REPLACE;
            case RENAME_NOREPLACE -> RenameMode.NO_REPLACE;
            case RENAME_EXCHANGE -> RenameMode.EXCHANGE;
            default -> throw Errno.EINVAL.because("rename flags %x", flags);
        };
        rename(request, 16, mode);
    }

    private void rename(RequestBytes request, int namesOffset, RenameMode mode) throws IOException {
        byte[] name = request.string(namesOffset);
        byte[] newName = request.string(namesOffset + name.length + 1);
        operations.rename(request.node(), Name.of(name), request.inode(0), Name.of(newName), mode);
    }

    // Another mount may have made the file since the kernel looked: then open(2) without O_EXCL opens that one.
    private Created createOrOpen(Inode parent, Name name, NewNode node, int flags) throws IOException {
        try {
            return operations.create(parent, name, node, flags);
        } catch (FsException refusal) {
            if (refusal.errno() != Errno.EEXIST || OpenFlags.isExclusive(flags)) {
                throw refusal;
            }
            Attributes there = operations.lookup(parent, name);
            return new Created(there, operations.open(there.inode(), flags));
        }
    }

    private static NewNode newFile(RequestBytes request) throws FsException {
        return NewNode.file(request.int32(4) & PERMISSIONS_MASK, request.userId(), request.groupId());
    }

    private static boolean isDots(byte[] name) {
        return (name.length == 1 && name[0] == '.') || (name.length == 2 && name[0] == '.' && name[1] == '.');
    }
}
