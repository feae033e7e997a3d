package org.needlefs.cluster.namespace.machine;

import org.needlefs.cluster.model.Attributes;

/** Attributes being changed. Begins with the old ones, counts the version up. */
final class AttributesEdit {
    private final Attributes old;
    private int permissions;
    private int linkCount;
    private int userId;
    private int groupId;
    private long sizeBytes;
    private long allocatedBytes;
    private long accessNanos;
    private long modifyNanos;
    private long changeNanos;

    AttributesEdit(Attributes old) {
        this.old = old;
        this.permissions = old.permissions();
        this.linkCount = old.linkCount();
        this.userId = old.userId();
        this.groupId = old.groupId();
        this.sizeBytes = old.sizeBytes();
        this.allocatedBytes = old.allocatedBytes();
        this.accessNanos = old.accessNanos();
        this.modifyNanos = old.modifyNanos();
        this.changeNanos = old.changeNanos();
    }

    AttributesEdit permissions(int value) {
        permissions = value;
        return this;
    }

    AttributesEdit linkCount(int value) {
        linkCount = value;
        return this;
    }

    AttributesEdit userId(int value) {
        userId = value;
        return this;
    }

    AttributesEdit groupId(int value) {
        groupId = value;
        return this;
    }

    AttributesEdit sizeBytes(long value) {
        sizeBytes = value;
        return this;
    }

    AttributesEdit allocatedBytes(long value) {
        allocatedBytes = value;
        return this;
    }

    AttributesEdit accessNanos(long value) {
        accessNanos = value;
        return this;
    }

    AttributesEdit modifyNanos(long value) {
        modifyNanos = value;
        return this;
    }

    AttributesEdit changeNanos(long value) {
        changeNanos = value;
        return this;
    }

    Attributes done() {
        return new Attributes(
                old.inode(),
                old.kind(),
                permissions,
                linkCount,
                userId,
                groupId,
                old.deviceNumber(),
                sizeBytes,
                allocatedBytes,
                accessNanos,
                modifyNanos,
                changeNanos,
                old.birthNanos(),
                old.version() + 1);
    }
}
