package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.Errno;

/** Requests on open files. Data is read into the reply and written from the request, without a copy between. Threading: any. */
final class FileRequests {
    private static final int OPEN_DROP_PRIVILEGES = 1;
    private static final int WRITE_DROP_PRIVILEGES = 1 << 2;
    private static final int SYNC_DATA_ONLY = 1;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int FALLOC_KEEP_SIZE = 1;
    private static final int FALLOC_PUNCH_HOLE = 2;
    private static final int FALLOC_ZERO_RANGE = 0x10;
    /** {@code fuse_write_in} stands before the data. */
    private static final int WRITE_HEADER_SIZE = 40;
    /** The size in the reply to COPY_FILE_RANGE has 32 bits; this is what the kernel itself stays below elsewhere. */
    private static final long COPY_SIZE_MAX = 0x7ffff000L;

    private final FileOperations operations;
    private final AttributeRequests attributes;

    FileRequests(FileOperations operations, AttributeRequests attributes) {
        this.operations = operations;
        this.attributes = attributes;
    }

    /** {@code fuse_open_in}. */
    void open(RequestBytes request, ReplyBytes reply) throws IOException {
        int flags = OpenFlags.forFilesystem(request.int32(0));
        if ((request.int32(4) & OPEN_DROP_PRIVILEGES) != 0) {
            attributes.dropPrivileges(request.node());
        }
        FileOperations.OpenFile file = operations.open(request.node(), flags);
        OpenFlags.reply(reply, file.handle(), flags, file.keepCache());
    }

    /** {@code fuse_read_in}. */
    void read(RequestBytes request, ReplyBytes reply) throws IOException {
        int size = request.int32(16);
        if (size < 0 || size > Handshake.DATA_SIZE_MAX) {
            throw Errno.EINVAL.because("a read of %d bytes", size);
        }
        ByteBuffer into = reply.data(size);
        reply.filled(operations.read(request.int64(0), request.int64(8), into));
    }

    /** {@code fuse_write_in}, then the data. */
    void write(RequestBytes request, ReplyBytes reply) throws IOException {
        ByteBuffer data = request.data(WRITE_HEADER_SIZE, request.int32(16));
        if ((request.int32(20) & WRITE_DROP_PRIVILEGES) != 0) {
            attributes.dropPrivileges(request.node());
        }
        reply.int32(operations.write(request.int64(0), request.int64(8), data)).int32(0);
    }

    void flush(RequestBytes request) throws IOException {
        operations.flush(request.int64(0));
    }

    /** {@code fuse_fsync_in}. */
    void fsync(RequestBytes request) throws IOException {
        operations.sync(request.int64(0), (request.int32(8) & SYNC_DATA_ONLY) != 0);
    }

    void release(RequestBytes request) throws IOException {
        operations.release(request.int64(0));
    }

    /** {@code fuse_fallocate_in}. */
    void fallocate(RequestBytes request) throws IOException {
        dropPrivilegesOfOrdinaryUser(request);
        int mode = request.int32(24);
        AllocateMode allocateMode = switch (mode) {
            case 0 -> AllocateMode.EXTEND;
            case FALLOC_KEEP_SIZE -> AllocateMode.KEEP_SIZE;
            case FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE -> AllocateMode.PUNCH_HOLE;
            case FALLOC_ZERO_RANGE -> AllocateMode.ZERO_RANGE;
            case FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE -> AllocateMode.ZERO_RANGE_KEEP_SIZE;
            default -> throw Errno.EOPNOTSUPP.because("fallocate mode %x", mode);
        };
        operations.allocate(request.int64(0), allocateMode, request.int64(8), request.int64(16));
    }

    /** {@code fuse_lseek_in}; other positions the kernel works out itself. */
    void lseek(RequestBytes request, ReplyBytes reply) throws IOException {
        int whence = request.int32(16);
        if (whence != SEEK_DATA && whence != SEEK_HOLE) {
            throw Errno.EINVAL.because("lseek from %d", whence);
        }
        reply.int64(operations.seek(request.int64(0), request.int64(8), whence == SEEK_HOLE));
    }

    /** {@code fuse_copy_file_range_in}, answered in 32 bits. */
    void copyFileRange(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.int32((int) copyRange(request, COPY_SIZE_MAX)).int32(0);
    }

    /** {@code fuse_copy_file_range_in}, answered in 64 bits. */
    void copyFileRange64(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.int64(copyRange(request, Long.MAX_VALUE));
    }

    void syncAll() throws IOException {
        operations.syncAll();
    }

    private long copyRange(RequestBytes request, long sizeMax) throws IOException {
        if (request.int64(48) != 0) {
            throw Errno.EINVAL.because("copy_file_range flags %x", request.int64(48));
        }
        if (request.userId() != 0) {
            attributes.dropPrivileges(request.inode(16));
        }
        long size = request.int64(40);
        if (size < 0) {
            throw Errno.EINVAL.because("a copy of %d bytes", size);
        }
        return operations.copyRange(
                request.int64(0), request.int64(8), request.int64(24), request.int64(32), Math.min(size, sizeMax));
    }

    // The kernel does not say whether the caller may keep the bits (CAP_FSETID); root may.
    private void dropPrivilegesOfOrdinaryUser(RequestBytes request) throws IOException {
        if (request.userId() != 0) {
            attributes.dropPrivileges(request.node());
        }
    }
}
