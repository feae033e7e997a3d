package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import java.time.Instant;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Usage;

/**
 * Requests that show or change attributes, and the rule that a file loses its set-uid and set-gid bits when it is
 * written, truncated or given away (chown(2), write(2)). Threading: any.
 */
final class AttributeRequests {
    private static final int SET_MODE = 1;
    private static final int SET_USER_ID = 1 << 1;
    private static final int SET_GROUP_ID = 1 << 2;
    private static final int SET_SIZE = 1 << 3;
    private static final int SET_ACCESS_TIME = 1 << 4;
    private static final int SET_MODIFY_TIME = 1 << 5;
    private static final int SET_ACCESS_TIME_NOW = 1 << 7;
    private static final int SET_MODIFY_TIME_NOW = 1 << 8;
    private static final int DROP_PRIVILEGES = 1 << 11;

    private static final int PERMISSIONS_MASK = 07777;
    private static final int SET_UID_BIT = 04000;
    private static final int SET_GID_BIT = 02000;
    private static final int GROUP_EXECUTE_BIT = 0010;

    private static final int NAME_SIZE_MAX = 255;
    private static final int STATFS_BLOCK_SIZE = 4096;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final FileOperations operations;
    private final KernelNotices notices;

    AttributeRequests(FileOperations operations, KernelNotices notices) {
        this.operations = operations;
        this.notices = notices;
    }

    void getattr(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.attributesWithValidity(operations.attributes(request.node()));
    }

    void statx(RequestBytes request, ReplyBytes reply) throws IOException {
        reply.extendedAttributes(operations.attributes(request.node()));
    }

    /** {@code fuse_setattr_in}. */
    void setattr(RequestBytes request, ReplyBytes reply) throws IOException {
        Inode inode = request.node();
        int valid = request.int32(0);
        AttributeChange change = AttributeChange.NONE;
        if ((valid & SET_MODE) != 0) {
            change = change.withPermissions(request.int32(68) & PERMISSIONS_MASK);
        }
        if ((valid & SET_USER_ID) != 0) {
            change = change.withUserId(request.int32(76));
        }
        if ((valid & SET_GROUP_ID) != 0) {
            change = change.withGroupId(request.int32(80));
        }
        if ((valid & SET_SIZE) != 0) {
            change = change.withSizeBytes(request.int64(16));
        }
        if ((valid & SET_ACCESS_TIME) != 0) {
            change = change.withAccessNanos(
                    (valid & SET_ACCESS_TIME_NOW) != 0 ? nowNanos() : nanos(request.int64(32), request.int32(56)));
        }
        if ((valid & SET_MODIFY_TIME) != 0) {
            change = change.withModifyNanos(
                    (valid & SET_MODIFY_TIME_NOW) != 0 ? nowNanos() : nanos(request.int64(40), request.int32(60)));
        }
        if ((valid & SET_MODE) == 0 && dropsPrivileges(valid)) {
            Attributes before = operations.attributes(inode);
            if (unprivileged(before) != before.permissions()) {
                change = change.withPermissions(unprivileged(before));
            }
        }
        reply.attributesWithValidity(operations.setAttributes(inode, change));
    }

    /**
     * Takes the set-uid bit, and the set-gid bit of what the group may execute, off {@code inode}. The reply of a
     * request that writes does not show permissions, so the kernel is told to ask for them anew.
     */
    void dropPrivileges(Inode inode) throws IOException {
        Attributes before = operations.attributes(inode);
        int kept = unprivileged(before);
        if (kept != before.permissions()) {
            Attributes unused = operations.setAttributes(inode, AttributeChange.NONE.withPermissions(kept));
            notices.attributesChanged(inode);
        }
    }

    /** {@code fuse_statfs_out}. */
    void statfs(ReplyBytes reply) throws IOException {
        Usage usage = operations.usage();
        long availableBlocks = usage.availableBytes() / STATFS_BLOCK_SIZE;
        reply.int64(usage.totalBytes() / STATFS_BLOCK_SIZE)
                .int64(availableBlocks)
                .int64(availableBlocks);
        reply.int64(usage.inodeCountMax()).int64(Math.max(0, usage.inodeCountMax() - usage.inodeCount()));
        reply.int32(STATFS_BLOCK_SIZE).int32(NAME_SIZE_MAX).int32(STATFS_BLOCK_SIZE);
        reply.zeros(4 + 6 * 4);
    }

    // A chown that changes nothing, chown(path, -1, -1), arrives with no bit set, and drops them as any other does.
    private static boolean dropsPrivileges(int valid) {
        int changes = SET_MODE | SET_USER_ID | SET_GROUP_ID | SET_SIZE | SET_ACCESS_TIME | SET_MODIFY_TIME;
        return (valid & (SET_USER_ID | SET_GROUP_ID | DROP_PRIVILEGES)) != 0 || (valid & changes) == 0;
    }

    private static int unprivileged(Attributes of) {
        if (of.isDirectory()) {
            return of.permissions();
        }
        int kept = of.permissions() & ~SET_UID_BIT;
        return (kept & GROUP_EXECUTE_BIT) == 0 ? kept : kept & ~SET_GID_BIT;
    }

    private static long nowNanos() {
        Instant now = Instant.now();
        return nanos(now.getEpochSecond(), now.getNano());
    }

    /** Times outside the years 1677 to 2262 become the nearest one that can be kept. */
    private static long nanos(long seconds, int nanos) {
        long limit = Long.MAX_VALUE / NANOS_PER_SECOND - 1;
        return Math.clamp(seconds, -limit, limit) * NANOS_PER_SECOND + nanos;
    }
}
