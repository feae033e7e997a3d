package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.client.vfs.Caller;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.NewNode;

/** Requests that act on an open file. Threading: any. */
final class FileHandlers {
    // linux/falloc.h
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = 0x10;

    private static final int PERMISSIONS_MASK = 07777;

    private final FileOperations operations;
    private final LockHandlers locks;

    FileHandlers(FileOperations operations, LockHandlers locks) {
        this.operations = operations;
        this.locks = locks;
    }

    void addTo(OperationTable table) {
        table.set(Slot.OPEN, this::open);
        table.set(Slot.CREATE, this::create);
        table.set(Slot.READ, this::read);
        table.set(Slot.WRITE, this::write);
        table.set(Slot.FLUSH, this::flush);
        table.set(Slot.RELEASE, this::release);
        table.set(Slot.FSYNC, this::sync);
        table.set(Slot.FALLOCATE, this::allocate);
        table.set(Slot.IOCTL, call -> call.failed(Errno.ENOTTY));
    }

    private void open(Call call) throws IOException {
        long fileInfo = call.address(2);
        FileOperations.OpenFile file = operations.open(call.inode(1), FileInfo.flags(fileInfo));
        FileInfo.opened(fileInfo, file.handle(), file.keepCache());
        if (!call.opened(fileInfo)) {
            operations.release(file.handle());
        }
    }

    private void create(Call call) throws IOException {
        Caller caller = call.caller();
        long fileInfo = call.address(4);
        NewNode node = NewNode.file(call.integer(3) & PERMISSIONS_MASK, caller.userId(), caller.groupId());
        FileOperations.Created created = operations.create(call.inode(1), call.name(2), node, FileInfo.flags(fileInfo));
        FileInfo.opened(fileInfo, created.file().handle(), created.file().keepCache());
        if (!call.created(created.attributes(), fileInfo)) {
            operations.release(created.file().handle());
        }
    }

    private void read(Call call) throws IOException {
        ByteBuffer into = call.out(call.number(2));
        call.data(operations.read(FileInfo.handle(call.address(4)), call.number(3), into));
    }

    private void write(Call call) throws IOException {
        ByteBuffer from = call.data(2, 3);
        call.written(operations.write(FileInfo.handle(call.address(5)), call.number(4), from));
    }

    private void flush(Call call) throws IOException {
        long fileInfo = call.address(2);
        try {
            operations.flush(FileInfo.handle(fileInfo));
        } finally {
            locks.flushed(call.inode(1), FileInfo.lockOwner(fileInfo));
        }
        call.done();
    }

    private void release(Call call) throws IOException {
        long fileInfo = call.address(2);
        locks.released(call.inode(1), fileInfo);
        operations.release(FileInfo.handle(fileInfo));
        call.done();
    }

    private void sync(Call call) throws IOException {
        operations.sync(FileInfo.handle(call.address(3)), call.integer(2) != 0);
        call.done();
    }

    private void allocate(Call call) throws IOException {
        AllocateMode mode = mode(call.integer(2));
        operations.allocate(FileInfo.handle(call.address(5)), mode, call.number(3), call.number(4));
        call.done();
    }

    private static AllocateMode mode(int flags) throws FsException {
        return switch (flags) {
            case 0 -> AllocateMode.EXTEND;
            case KEEP_SIZE -> AllocateMode.KEEP_SIZE;
            case PUNCH_HOLE | KEEP_SIZE -> AllocateMode.PUNCH_HOLE;
            case ZERO_RANGE -> AllocateMode.ZERO_RANGE;
            case ZERO_RANGE | KEEP_SIZE -> AllocateMode.ZERO_RANGE_KEEP_SIZE;
            default -> throw Errno.EOPNOTSUPP.because("fallocate mode %x", flags);
        };
    }
}
