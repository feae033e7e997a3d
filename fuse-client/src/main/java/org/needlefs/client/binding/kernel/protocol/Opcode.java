package org.needlefs.client.binding.kernel.protocol;

import java.util.Arrays;
import org.needlefs.client.binding.Operation;

/** The requests of the FUSE protocol by their numbers in {@code linux/fuse.h}. */
public enum Opcode {
    LOOKUP(1, Operation.LOOKUP),
    FORGET(2, Operation.FORGET),
    GETATTR(3, Operation.GETATTR),
    SETATTR(4, Operation.SETATTR),
    READLINK(5, Operation.READLINK),
    SYMLINK(6, Operation.SYMLINK),
    MKNOD(8, Operation.MKNOD),
    MKDIR(9, Operation.MKDIR),
    UNLINK(10, Operation.UNLINK),
    RMDIR(11, Operation.RMDIR),
    RENAME(12, Operation.RENAME),
    LINK(13, Operation.LINK),
    OPEN(14, Operation.OPEN),
    READ(15, Operation.READ),
    WRITE(16, Operation.WRITE),
    STATFS(17, Operation.STATFS),
    RELEASE(18, Operation.RELEASE),
    FSYNC(20, Operation.FSYNC),
    SETXATTR(21, Operation.SETXATTR),
    GETXATTR(22, Operation.GETXATTR),
    LISTXATTR(23, Operation.LISTXATTR),
    REMOVEXATTR(24, Operation.REMOVEXATTR),
    FLUSH(25, Operation.FLUSH),
    INIT(26, Operation.OTHER),
    OPENDIR(27, Operation.OPENDIR),
    READDIR(28, Operation.READDIR),
    RELEASEDIR(29, Operation.RELEASEDIR),
    FSYNCDIR(30, Operation.FSYNCDIR),
    GETLK(31, Operation.LOCK),
    SETLK(32, Operation.LOCK),
    SETLKW(33, Operation.LOCK),
    ACCESS(34, Operation.OTHER),
    CREATE(35, Operation.CREATE),
    INTERRUPT(36, Operation.OTHER),
    BMAP(37, Operation.OTHER),
    DESTROY(38, Operation.OTHER),
    IOCTL(39, Operation.OTHER),
    POLL(40, Operation.OTHER),
    NOTIFY_REPLY(41, Operation.OTHER),
    BATCH_FORGET(42, Operation.FORGET),
    FALLOCATE(43, Operation.FALLOCATE),
    READDIRPLUS(44, Operation.READDIRPLUS),
    RENAME2(45, Operation.RENAME),
    LSEEK(46, Operation.LSEEK),
    COPY_FILE_RANGE(47, Operation.COPY_FILE_RANGE),
    SYNCFS(50, Operation.SYNCFS),
    TMPFILE(51, Operation.TMPFILE),
    STATX(52, Operation.GETATTR),
    COPY_FILE_RANGE_64(53, Operation.COPY_FILE_RANGE),
    /** Any number that is not above. */
    UNKNOWN(0, Operation.OTHER);

    private static final Opcode[] BY_NUMBER = byNumber();

    private final int number;
    private final Operation operation;

    Opcode(int number, Operation operation) {
        this.number = number;
        this.operation = operation;
    }

    public static Opcode of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }

    public int number() {
        return number;
    }

    /** What statistics count it as. */
    public Operation operation() {
        return operation;
    }

    private static Opcode[] byNumber() {
        Opcode[] table = new Opcode[COPY_FILE_RANGE_64.number + 1];
        Arrays.fill(table, UNKNOWN);
        for (Opcode opcode : values()) {
            table[opcode.number] = opcode;
        }
        return table;
    }
}
