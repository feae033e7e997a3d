package org.needlefs.client.binding.jnr;

import static org.needlefs.client.binding.jnr.Slot.Parameter.INTEGER;
import static org.needlefs.client.binding.jnr.Slot.Parameter.NUMBER;
import static org.needlefs.client.binding.jnr.Slot.Parameter.POINTER;

import com.kenai.jffi.Type;
import java.util.List;
import org.needlefs.client.binding.Operation;

/**
 * The functions of libfuse 2.9's {@code struct fuse_lowlevel_ops} that this binding offers: place in the struct, what
 * statistics call it, and its parameters behind the request (fuse_lowlevel.h).
 *
 * <p>Left out, and so answered by libfuse with ENOSYS: access (the kernel checks permissions), bmap, poll, write_buf
 * and retrieve_reply; forget and forget_multi need no answer, because inodes take no memory here.
 */
enum Slot {
    LOOKUP(2, Operation.LOOKUP, NUMBER, POINTER),
    GETATTR(4, Operation.GETATTR, NUMBER, POINTER),
    SETATTR(5, Operation.SETATTR, NUMBER, POINTER, INTEGER, POINTER),
    READLINK(6, Operation.READLINK, NUMBER),
    MKNOD(7, Operation.MKNOD, NUMBER, POINTER, INTEGER, NUMBER),
    MKDIR(8, Operation.MKDIR, NUMBER, POINTER, INTEGER),
    UNLINK(9, Operation.UNLINK, NUMBER, POINTER),
    RMDIR(10, Operation.RMDIR, NUMBER, POINTER),
    SYMLINK(11, Operation.SYMLINK, POINTER, NUMBER, POINTER),
    RENAME(12, Operation.RENAME, NUMBER, POINTER, NUMBER, POINTER),
    LINK(13, Operation.LINK, NUMBER, NUMBER, POINTER),
    OPEN(14, Operation.OPEN, NUMBER, POINTER),
    READ(15, Operation.READ, NUMBER, NUMBER, NUMBER, POINTER),
    WRITE(16, Operation.WRITE, NUMBER, POINTER, NUMBER, NUMBER, POINTER),
    FLUSH(17, Operation.FLUSH, NUMBER, POINTER),
    RELEASE(18, Operation.RELEASE, NUMBER, POINTER),
    FSYNC(19, Operation.FSYNC, NUMBER, INTEGER, POINTER),
    OPENDIR(20, Operation.OPENDIR, NUMBER, POINTER),
    READDIR(21, Operation.READDIR, NUMBER, NUMBER, NUMBER, POINTER),
    RELEASEDIR(22, Operation.RELEASEDIR, NUMBER, POINTER),
    FSYNCDIR(23, Operation.FSYNCDIR, NUMBER, INTEGER, POINTER),
    STATFS(24, Operation.STATFS, NUMBER),
    SETXATTR(25, Operation.SETXATTR, NUMBER, POINTER, POINTER, NUMBER, INTEGER),
    GETXATTR(26, Operation.GETXATTR, NUMBER, POINTER, NUMBER),
    LISTXATTR(27, Operation.LISTXATTR, NUMBER, NUMBER),
    REMOVEXATTR(28, Operation.REMOVEXATTR, NUMBER, POINTER),
    CREATE(30, Operation.CREATE, NUMBER, POINTER, INTEGER, POINTER),
    GETLK(31, Operation.LOCK, NUMBER, POINTER, POINTER),
    SETLK(32, Operation.LOCK, NUMBER, POINTER, POINTER, INTEGER),
    IOCTL(34, Operation.OTHER, NUMBER, INTEGER, POINTER, POINTER, INTEGER, POINTER, NUMBER, NUMBER),
    FLOCK(39, Operation.LOCK, NUMBER, POINTER, INTEGER),
    FALLOCATE(40, Operation.FALLOCATE, NUMBER, INTEGER, NUMBER, NUMBER, POINTER);

    /** Functions in the struct, offered or not. */
    static final int COUNT = 41;

    /** {@code void (*init)(void *userdata, struct fuse_conn_info *conn)}: takes no request, so it is set apart. */
    static final int INIT_INDEX = 0;

    private final int index;
    private final Operation operation;

    @SuppressWarnings("Immutable") // a list that List.of made
    private final List<Parameter> parameters;

    Slot(int index, Operation operation, Parameter... parameters) {
        this.index = index;
        this.operation = operation;
        this.parameters = List.of(parameters);
    }

    int index() {
        return index;
    }

    Operation operation() {
        return operation;
    }

    /** The C types of all parameters, the request first. */
    Type[] types() {
        Type[] types = new Type[parameters.size() + 1];
        types[0] = Type.POINTER;
        for (int at = 0; at < parameters.size(); at++) {
            types[at + 1] = switch (parameters.get(at)) {
                case NUMBER -> Type.SINT64;
                case INTEGER -> Type.SINT32;
                case POINTER -> Type.POINTER;
            };
        }
        return types;
    }

    /** A parameter's C type, as far as passing it goes. */
    enum Parameter {
        /** {@code fuse_ino_t}, {@code size_t}, {@code off_t}, {@code dev_t} or another 64-bit number. */
        NUMBER,
        /** {@code int}, {@code mode_t} or another 32-bit number. */
        INTEGER,
        POINTER
    }
}
