package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import java.util.List;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.XattrMode;

/** Requests on extended attributes. Who asks with size 0 wants to know the size. Threading: any. */
final class XattrRequests {
    private static final int XATTR_CREATE = 1;
    private static final int XATTR_REPLACE = 2;

    private final FileOperations operations;
    private final boolean on;

    /** @param on false: every request is refused as one that is not implemented */
    XattrRequests(FileOperations operations, boolean on) {
        this.operations = operations;
        this.on = on;
    }

    /** {@code fuse_setxattr_in} in its short form, the name, the value. */
    void setxattr(RequestBytes request) throws IOException {
        checkOn();
        int size = request.int32(0);
        int flags = request.int32(4);
        XattrMode mode = switch (flags) {
            case 0 -> XattrMode.ANY;
            case XATTR_CREATE -> XattrMode.CREATE;
            case XATTR_REPLACE -> XattrMode.REPLACE;
            default -> throw Errno.EINVAL.because("setxattr flags %x", flags);
        };
        byte[] name = request.string(8);
        byte[] value = request.bytes(8 + name.length + 1, size);
        operations.setXattr(request.node(), Name.of(name), value, mode);
    }

    /** {@code fuse_getxattr_in}, then the name. */
    void getxattr(RequestBytes request, ReplyBytes reply) throws IOException {
        checkOn();
        int sizeMax = request.int32(0);
        byte[] value = operations.xattr(request.node(), request.name(8));
        if (replySize(reply, value.length, sizeMax)) {
            reply.bytes(value);
        }
    }

    /** {@code fuse_getxattr_in}; the answer is names with a NUL behind each. */
    void listxattr(RequestBytes request, ReplyBytes reply) throws IOException {
        checkOn();
        int sizeMax = request.int32(0);
        List<Name> names = operations.xattrs(request.node());
        int size = 0;
        for (Name name : names) {
            size += name.sizeBytes() + 1;
        }
        if (replySize(reply, size, sizeMax)) {
            for (Name name : names) {
                reply.name(name).zeros(1);
            }
        }
    }

    void removexattr(RequestBytes request) throws IOException {
        checkOn();
        operations.removeXattr(request.node(), request.name(0));
    }

    /** True if the answer itself is to follow, false if its size was the answer. */
    private static boolean replySize(ReplyBytes reply, int size, int sizeMax) throws FsException {
        if (sizeMax == 0) {
            reply.int32(size).int32(0);
            return false;
        }
        if (size > Integer.toUnsignedLong(sizeMax)) {
            throw Errno.ERANGE.because("%d bytes do not fit in %d", size, sizeMax);
        }
        return true;
    }

    private void checkOn() throws FsException {
        if (!on) {
            throw Errno.ENOSYS.because("extended attributes are switched off");
        }
    }
}
