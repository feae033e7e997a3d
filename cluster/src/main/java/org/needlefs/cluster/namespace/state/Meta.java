package org.needlefs.cluster.namespace.state;

import java.util.UUID;
import org.needlefs.cluster.model.Geometry;

/**
 * What the whole namespace has once: its identity, its counters.
 *
 * @param contentBytes that files keep, inline or in objects; shared stretches count for each file
 * @param sharedCount objects that more than one chunk refers to
 * @param garbageCount objects waiting to be deleted
 */
public record Meta(
        UUID filesystemId,
        Geometry geometry,
        long nextInode,
        long nextSession,
        long inodeCount,
        long contentBytes,
        long sharedCount,
        long garbageCount) {}
