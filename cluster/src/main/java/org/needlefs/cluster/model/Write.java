package org.needlefs.cluster.model;

import java.util.List;

/** New content of a file, to be committed in one step: all of it is seen, or nothing. */
public sealed interface Write {
    /** The whole content, replacing all that was there. At most {@code Geometry.inlineSizeMax()} bytes. */
    record Whole(byte[] bytes) implements Write {}

    /**
     * Stretches that now stand in objects, laid over what was there. The objects must already be stored, and each is
     * either new, so that no earlier command named it, or in one of these chunks already: two writes never bring in
     * the same object, {@code FileSystem.shareExtents} does that. Chunks ascend. If the file has bytes inline, chunk 0
     * must have extents for all of them. What lies beyond the size of the file afterwards is cut off.
     */
    record Extents(List<Chunk> chunks) implements Write {}
}
