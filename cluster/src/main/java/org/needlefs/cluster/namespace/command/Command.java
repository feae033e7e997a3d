package org.needlefs.cluster.namespace.command;

import java.util.List;
import java.util.UUID;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;

/** A change of the namespace. Carries all that it depends on but the state: applying it needs no clock and no chance. */
public sealed interface Command {
    /** The first command of every log: makes the root directory and fixes what never changes. */
    record Format(UUID filesystemId, Geometry geometry, int rootPermissions, int rootUserId, int rootGroupId)
            implements Command {}

    /** Answered by {@link Outcome.Numbered}: the new session. */
    record OpenSession() implements Command {}

    /**
     * Frees up to {@code orphanCountMax} orphans of the session, and forgets the session once it has none. Answered by
     * {@link Outcome.Flag}: whether the session is gone; if not, the command has to be given again.
     */
    record CloseSession(long session, int orphanCountMax) implements Command {}

    record Make(Inode parent, Name name, NewNode node) implements Command {}

    record MakeOrphan(NewNode node) implements Command {}

    record Link(Inode inode, Inode newParent, Name newName) implements Command {}

    record Unlink(Inode parent, Name name, boolean hold) implements Command {}

    record RemoveDirectory(Inode parent, Name name, boolean hold) implements Command {}

    record Rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode, boolean hold)
            implements Command {}

    record Release(Inode inode) implements Command {}

    record SetAttributes(Inode inode, AttributeChange change) implements Command {}

    record WriteContent(Inode inode, Write write, long sizeAtLeastBytes, long modifyNanos, boolean dropPrivileges)
            implements Command {}

    /** Answered by {@link Outcome.Flag}: whether the extents were as expected and are replaced. */
    record ReplaceExtents(Inode inode, long chunkIndex, List<Extent> expected, List<Extent> replacement)
            implements Command {}

    record ShareExtents(
            Inode source,
            long sourceOffsetBytes,
            Inode target,
            long targetOffsetBytes,
            long sizeBytes,
            long modifyNanos)
            implements Command {}

    record Allocate(Inode inode, AllocateMode mode, long offsetBytes, long sizeBytes) implements Command {}

    record SetXattr(Inode inode, Name name, byte[] value, XattrMode mode) implements Command {}

    record RemoveXattr(Inode inode, Name name) implements Command {}

    /** Forgets the garbage up to a place in the queue: its objects are deleted. */
    record GarbageDone(long logIndex, long number) implements Command {}

    /** Brings one row of the state into line with the others: what a check found and proposes. */
    record Repair(Mend mend) implements Command {}
}
