package org.needlefs.test.binding;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;

/** One node of {@link MemoryFileSystem}, which guards it with its lock. */
final class MemoryNode {
    /** An entry of a directory; cookies rise in the order in which entries were made. */
    record Child(MemoryNode node, long cookie) {}

    final Inode inode;
    final NodeKind kind;
    final byte[] symlinkTarget;
    final Map<Name, byte[]> xattrs = new LinkedHashMap<>();
    final Map<Name, Child> children = new LinkedHashMap<>();
    final TreeMap<Long, Name> order = new TreeMap<>();
    private final long deviceNumber;
    private int permissions;
    private int userId;
    private int groupId;
    private long accessNanos;
    private long modifyNanos;
    private byte[] content = {};
    private int sizeBytes;
    private long version;

    /** Where a directory is; a directory that is removed keeps it. */
    MemoryNode parent = this;

    int linkCount;
    int openCount;

    MemoryNode(Inode inode, NewNode made, long nowNanos) {
        this.inode = inode;
        this.kind = made.kind();
        this.permissions = made.permissions();
        this.userId = made.userId();
        this.groupId = made.groupId();
        this.deviceNumber = made.deviceNumber();
        this.symlinkTarget = made.symlinkTarget();
        this.linkCount = made.kind() == NodeKind.DIRECTORY ? 2 : 1;
        this.accessNanos = nowNanos;
        this.modifyNanos = nowNanos;
    }

    Attributes attributes() {
        int size = kind == NodeKind.SYMLINK ? symlinkTarget.length : sizeBytes;
        return new Attributes(
                inode,
                kind,
                permissions,
                linkCount,
                userId,
                groupId,
                deviceNumber,
                size,
                size,
                accessNanos,
                modifyNanos,
                modifyNanos,
                0,
                version);
    }

    void change(AttributeChange change) {
        permissions = change.permissions().orElse(permissions);
        userId = change.userId().orElse(userId);
        groupId = change.groupId().orElse(groupId);
        accessNanos = change.accessNanos().orElse(accessNanos);
        modifyNanos = change.modifyNanos().orElse(modifyNanos);
        change.sizeBytes().ifPresent(size -> resize(Math.toIntExact(size)));
        version++;
    }

    void resize(int newSizeBytes) {
        if (newSizeBytes < sizeBytes) {
            Arrays.fill(content, newSizeBytes, sizeBytes, (byte) 0);
        }
        grow(newSizeBytes);
        sizeBytes = newSizeBytes;
        version++;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    byte[] content() {
        return content;
    }

    private void grow(int newSizeBytes) {
        if (newSizeBytes > content.length) {
            content = Arrays.copyOf(content, Math.max(newSizeBytes, content.length * 2));
        }
    }
}
