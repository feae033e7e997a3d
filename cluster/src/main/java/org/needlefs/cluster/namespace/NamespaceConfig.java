package org.needlefs.cluster.namespace;

import java.nio.file.Path;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.storage.disk.Disk;

/**
 * Where a namespace lives and what it may use.
 *
 * @param logDisk holds the log and nothing else; the caller has locked it
 * @param checkpointDisk holds the checkpoints and nothing else
 * @param stateDirectory of Xodus; may be deleted at any time while the namespace is closed
 * @param trustState whether the state directory is as the last process left it: false after a power cut or a crash of
 *     the operating system ({@link org.needlefs.cluster.node.RunMarker} knows)
 * @param filesystemId of a new namespace; an existing one must have the same
 * @param geometry of a new namespace; an existing one keeps its own
 * @param objects that the files refer to
 * @param clockNanos since 1970
 */
public record NamespaceConfig(
        Disk logDisk,
        Disk checkpointDisk,
        Path stateDirectory,
        boolean trustState,
        UUID filesystemId,
        Geometry geometry,
        RootOwner rootOwner,
        SpaceSource space,
        StoredObjects objects,
        LongSupplier clockNanos,
        NamespaceLimits limits) {
    /** What a new root directory looks like. */
    public record RootOwner(int permissions, int userId, int groupId) {}
}
