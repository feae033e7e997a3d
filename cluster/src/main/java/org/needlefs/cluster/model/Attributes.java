package org.needlefs.cluster.model;

/**
 * What {@code stat} shows of an inode. Times are nanoseconds since 1970 (signed: before 1970 is negative; 1677 to 2262).
 *
 * @param permissions the low 12 bits of {@code st_mode}
 * @param linkCount names that lead to it; a directory has 2 and one for each directory in it
 * @param deviceNumber {@code st_rdev}, 0 unless a device
 * @param sizeBytes of a file's content or a symlink's target; of a directory a figure that grows with its entries
 * @param allocatedBytes of content that is stored, holes excluded; {@code st_blocks} is this in units of 512
 * @param version counts every change of content or attributes of this inode, so equal versions mean nothing changed
 */
public record Attributes(
        Inode inode,
        NodeKind kind,
        int permissions,
        int linkCount,
        int userId,
        int groupId,
        long deviceNumber,
        long sizeBytes,
        long allocatedBytes,
        long accessNanos,
        long modifyNanos,
        long changeNanos,
        long birthNanos,
        long version) {

    /** {@code st_mode}: type and permissions. */
    public int mode() {
        return kind.modeBits() | permissions;
    }

    public boolean isDirectory() {
        return kind == NodeKind.DIRECTORY;
    }

    public boolean isFile() {
        return kind == NodeKind.FILE;
    }
}
