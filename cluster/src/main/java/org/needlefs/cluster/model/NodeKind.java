package org.needlefs.cluster.model;

/** What an inode is, with the type bits that {@code st_mode} has for it (S_IFMT). */
public enum NodeKind {
    FILE(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    FIFO(0010000),
    SOCKET(0140000),
    CHARACTER_DEVICE(0020000),
    BLOCK_DEVICE(0060000);

    /** The bits of {@code st_mode} that hold the type. */
    public static final int MODE_MASK = 0170000;

    private final int modeBits;

    NodeKind(int modeBits) {
        this.modeBits = modeBits;
    }

    public int modeBits() {
        return modeBits;
    }

    /** The kind that {@code mode}'s type bits name; no type bits mean a file, as mknod(2) has it. */
    public static NodeKind ofMode(int mode) throws FsException {
        int bits = mode & MODE_MASK;
        for (NodeKind kind : values()) {
            if (kind.modeBits == bits) {
                return kind;
            }
        }
        if (bits == 0) {
            return FILE;
        }
        throw Errno.EINVAL.because("mode %o names no kind of node", mode);
    }
}
