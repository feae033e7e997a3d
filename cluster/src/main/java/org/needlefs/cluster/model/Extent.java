package org.needlefs.cluster.model;

import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;

/**
 * A stretch of a chunk whose bytes stand in an object. Extents of a chunk never overlap; what none covers is a hole.
 *
 * @param chunkOffsetBytes from the start of the chunk
 * @param objectOffsetBytes where the stretch begins in the object
 */
public record Extent(int chunkOffsetBytes, int sizeBytes, ObjectId object, int objectOffsetBytes) {
    public Extent {
        Check.that(
                chunkOffsetBytes >= 0 && sizeBytes > 0 && objectOffsetBytes >= 0, "an extent has a place and a size");
    }

    public int chunkEndBytes() {
        return chunkOffsetBytes + sizeBytes;
    }
}
