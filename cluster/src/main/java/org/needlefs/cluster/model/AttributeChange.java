package org.needlefs.cluster.model;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The attributes that a call sets at once; what is empty stays as it is. {@code changeNanos} moves in any case.
 * A size changes the content too: shorter cuts extents off, longer adds a hole.
 */
public record AttributeChange(
        OptionalInt permissions,
        OptionalInt userId,
        OptionalInt groupId,
        OptionalLong sizeBytes,
        OptionalLong accessNanos,
        OptionalLong modifyNanos) {
    public static final AttributeChange NONE = new AttributeChange(
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    public AttributeChange withPermissions(int value) {
        return new AttributeChange(OptionalInt.of(value), userId, groupId, sizeBytes, accessNanos, modifyNanos);
    }

    public AttributeChange withUserId(int value) {
        return new AttributeChange(permissions, OptionalInt.of(value), groupId, sizeBytes, accessNanos, modifyNanos);
    }

    public AttributeChange withGroupId(int value) {
        return new AttributeChange(permissions, userId, OptionalInt.of(value), sizeBytes, accessNanos, modifyNanos);
    }

    public AttributeChange withSizeBytes(long value) {
        return new AttributeChange(permissions, userId, groupId, OptionalLong.of(value), accessNanos, modifyNanos);
    }

    public AttributeChange withAccessNanos(long value) {
        return new AttributeChange(permissions, userId, groupId, sizeBytes, OptionalLong.of(value), modifyNanos);
    }

    public AttributeChange withModifyNanos(long value) {
        return new AttributeChange(permissions, userId, groupId, sizeBytes, accessNanos, OptionalLong.of(value));
    }
}
