package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.nio.ByteBuffer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.XattrMode;
import ru.serce.jnrfuse.struct.Statvfs;

/** Requests for extended attributes and for the filesystem's own figures. Threading: any. */
final class AttributeHandlers {
    // sys/xattr.h
    private static final int CREATE = 1;
    private static final int REPLACE = 2;

    private static final int BLOCK_BYTES = 4096;
    private static final Statvfs STATVFS = new Statvfs(Runtime.getSystemRuntime());
    private static final int STATVFS_SIZE_BYTES = Struct.size(STATVFS);

    private final FileOperations operations;

    AttributeHandlers(FileOperations operations) {
        this.operations = operations;
    }

    /** @param withXattrs false: their places stay empty, so that libfuse answers ENOSYS and the kernel asks no more */
    void addTo(OperationTable table, boolean withXattrs) {
        table.set(Slot.STATFS, this::usage);
        if (withXattrs) {
            table.set(Slot.SETXATTR, this::set);
            table.set(Slot.GETXATTR, this::get);
            table.set(Slot.LISTXATTR, this::list);
            table.set(Slot.REMOVEXATTR, this::remove);
        }
    }

    private void set(Call call) throws IOException {
        XattrMode mode = switch (call.integer(5)) {
            case 0 -> XattrMode.ANY;
            case CREATE -> XattrMode.CREATE;
            case REPLACE -> XattrMode.REPLACE;
            default -> throw Errno.EINVAL.because("setxattr flags %d", call.integer(5));
        };
        byte[] value = Memory.bytes(call.address(3), Math.toIntExact(call.number(4)));
        operations.setXattr(call.inode(1), call.name(2), value, mode);
        call.done();
    }

    private void get(Call call) throws IOException {
        reply(call, operations.xattr(call.inode(1), call.name(2)), call.number(3));
    }

    private void list(Call call) throws IOException {
        int sizeBytes = 0;
        var names = operations.xattrs(call.inode(1));
        for (Name name : names) {
            sizeBytes += name.sizeBytes() + 1;
        }
        ByteBuffer list = ByteBuffer.allocate(sizeBytes);
        for (Name name : names) {
            list.put(name.bytes()).put((byte) 0);
        }
        reply(call, list.array(), call.number(2));
    }

    private void remove(Call call) throws IOException {
        operations.removeXattr(call.inode(1), call.name(2));
        call.done();
    }

    /** A caller that has room for nothing asks for the size only. */
    private static void reply(Call call, byte[] value, long roomBytes) throws FsException {
        if (roomBytes == 0) {
            call.xattrSize(value.length);
            return;
        }
        if (value.length > roomBytes) {
            throw Errno.ERANGE.because("%d bytes do not fit into %d", value.length, roomBytes);
        }
        call.out(value.length).put(value);
        call.data(value.length);
    }

    private void usage(Call call) throws IOException {
        Usage usage = operations.usage();
        long address = call.outAddress();
        Memory.clear(address, STATVFS_SIZE_BYTES);
        long availableBlocks = usage.availableBytes() / BLOCK_BYTES;
        long freeInodes = Math.max(0, usage.inodeCountMax() - usage.inodeCount());
        Memory.writeLong(address + STATVFS.f_bsize.offset(), BLOCK_BYTES);
        Memory.writeLong(address + STATVFS.f_frsize.offset(), BLOCK_BYTES);
        Memory.writeLong(address + STATVFS.f_blocks.offset(), usage.totalBytes() / BLOCK_BYTES);
        Memory.writeLong(address + STATVFS.f_bfree.offset(), availableBlocks);
        Memory.writeLong(address + STATVFS.f_bavail.offset(), availableBlocks);
        Memory.writeLong(address + STATVFS.f_files.offset(), usage.inodeCountMax());
        Memory.writeLong(address + STATVFS.f_ffree.offset(), freeInodes);
        Memory.writeLong(address + STATVFS.f_favail.offset(), freeInodes);
        Memory.writeLong(address + STATVFS.f_namemax.offset(), Name.SIZE_MAX);
        call.figures(address);
    }
}
