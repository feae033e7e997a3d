package org.needlefs.cluster.model;

/**
 * What a new node shall be. The umask is already taken off the permissions. A parent with the setgid bit overrides
 * {@code groupId}, and hands the bit on to a directory.
 *
 * @param symlinkTarget 1 to 4095 bytes for a symlink, empty for anything else
 */
public record NewNode(
        NodeKind kind, int permissions, int userId, int groupId, long deviceNumber, byte[] symlinkTarget) {
    private static final byte[] NO_TARGET = {};

    public static NewNode file(int permissions, int userId, int groupId) {
        return new NewNode(NodeKind.FILE, permissions, userId, groupId, 0, NO_TARGET);
    }

    public static NewNode directory(int permissions, int userId, int groupId) {
        return new NewNode(NodeKind.DIRECTORY, permissions, userId, groupId, 0, NO_TARGET);
    }

    public static NewNode symlink(byte[] target, int userId, int groupId) {
        return new NewNode(NodeKind.SYMLINK, 0777, userId, groupId, 0, target);
    }

    public static NewNode special(NodeKind kind, int permissions, int userId, int groupId, long deviceNumber) {
        return new NewNode(kind, permissions, userId, groupId, deviceNumber, NO_TARGET);
    }
}
