package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.needlefs.client.binding.Failures;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Errno;

/**
 * Answers requests: decodes, makes one call of {@link FileOperations}, encodes. Whatever goes wrong becomes an errno
 * here; no request is left without the answer that the kernel waits for, and nothing is thrown.
 *
 * <p>Node numbers of the protocol are inode numbers. INTERRUPT is taken and ignored, which the protocol allows: the
 * interrupted call ends when its answer comes. Threading: any, with buffers that belong to the calling thread.
 */
public final class RequestHandler {
    /** Room for the largest request and for the largest reply. */
    public static final int BUFFER_SIZE = Handshake.DATA_SIZE_MAX + 8192;

    /** The largest read or write in one request. */
    public static final int DATA_SIZE_MAX = Handshake.DATA_SIZE_MAX;

    private final AttributeRequests attributes;
    private final NameRequests names;
    private final FileRequests files;
    private final DirectoryRequests directories;
    private final XattrRequests xattrs;

    /** Written by the thread that answers INIT. */
    private volatile @Nullable String handshakeRefusal;

    /** @param withXattrs false: extended attributes are answered ENOSYS, after which the kernel does not ask again */
    public RequestHandler(FileOperations operations, KernelNotices notices, boolean withXattrs) {
        this.attributes = new AttributeRequests(operations, notices);
        this.names = new NameRequests(operations);
        this.files = new FileRequests(operations, attributes);
        this.directories = new DirectoryRequests(operations);
        this.xattrs = new XattrRequests(operations, withXattrs);
    }

    /** Why INIT was refused, if it was. */
    public Optional<String> handshakeRefusal() {
        return Optional.ofNullable(handshakeRefusal);
    }

    /** Puts the answer to {@code request} into {@code reply}; one of size 0 is not to be sent. */
    public void handle(RequestBytes request, ReplyBytes reply, RequestStatistics.Recorder recorder) {
        long startNanos = System.nanoTime();
        Opcode opcode = request.opcode();
        boolean failed = false;
        reply.begin(request.unique());
        try {
            if (!request.isWhole()) {
                throw Errno.EINVAL.because("%s arrived cut short", opcode);
            }
            dispatch(opcode, request, reply);
            if (reply.sizeBytes() > 0) {
                reply.finish();
            }
        } catch (Throwable failure) {
            failed = true;
            if (opcode == Opcode.INIT) {
                handshakeRefusal = failure.getMessage();
            }
            if (expectsReply(opcode)) {
                reply.fail(errnoOf(failure, opcode));
            } else {
                reply.none();
            }
        }
        recorder.record(opcode.operation(), System.nanoTime() - startNanos, failed);
    }

    private void dispatch(Opcode opcode, RequestBytes request, ReplyBytes reply) throws IOException {
        switch (opcode) {
            case LOOKUP -> names.lookup(request, reply);
            case FORGET, BATCH_FORGET, INTERRUPT, NOTIFY_REPLY -> reply.none();
            case GETATTR -> attributes.getattr(request, reply);
            case SETATTR -> attributes.setattr(request, reply);
            case STATX -> attributes.statx(request, reply);
            case STATFS -> attributes.statfs(reply);
            case READLINK -> names.readlink(request, reply);
            case SYMLINK -> names.symlink(request, reply);
            case MKNOD -> names.mknod(request, reply);
            case MKDIR -> names.mkdir(request, reply);
            case UNLINK -> names.unlink(request);
            case RMDIR -> names.rmdir(request);
            case RENAME -> names.rename(request);
            case RENAME2 -> names.rename2(request);
            case LINK -> names.link(request, reply);
            case CREATE -> names.create(request, reply);
            case TMPFILE -> names.tmpfile(request, reply);
            case OPEN -> files.open(request, reply);
            case READ -> files.read(request, reply);
            case WRITE -> files.write(request, reply);
            case FLUSH -> files.flush(request);
            case FSYNC -> files.fsync(request);
            case RELEASE -> files.release(request);
            case FALLOCATE -> files.fallocate(request);
            case LSEEK -> files.lseek(request, reply);
            case COPY_FILE_RANGE -> files.copyFileRange(request, reply);
            case COPY_FILE_RANGE_64 -> files.copyFileRange64(request, reply);
            case SYNCFS -> files.syncAll();
            case OPENDIR -> directories.opendir(request, reply);
            case READDIR -> directories.readdir(request, reply, false);
            case READDIRPLUS -> directories.readdir(request, reply, true);
            case RELEASEDIR -> directories.releasedir(request);
            case FSYNCDIR -> directories.fsyncdir(request);
            case SETXATTR -> xattrs.setxattr(request);
            case GETXATTR -> xattrs.getxattr(request, reply);
            case LISTXATTR -> xattrs.listxattr(request, reply);
            case REMOVEXATTR -> xattrs.removexattr(request);
            case INIT -> Handshake.answer(request, reply);
            case DESTROY -> {}
            case IOCTL -> throw Errno.ENOTTY.because("no ioctl is known");
            // The kernel does these itself, or asks no more, once it is told that they are not there.
            case GETLK, SETLK, SETLKW, ACCESS, BMAP, POLL -> throw Errno.ENOSYS.because("%s is the kernel's", opcode);
            case UNKNOWN -> throw Errno.ENOSYS.because("opcode %d is not known", request.opcodeNumber());
        }
    }

    /** Without memory even a log line may fail; the caller gets its answer all the same. */
    private static Errno errnoOf(Throwable failure, Opcode opcode) {
        try {
            return Failures.errnoOf(failure, opcode.operation());
        } catch (Throwable unlogged) {
            return Errno.EIO;
        }
    }

    private static boolean expectsReply(Opcode opcode) {
        return switch (opcode) {
            case FORGET, BATCH_FORGET, INTERRUPT, NOTIFY_REPLY -> false;
            default -> true;
        };
    }
}
