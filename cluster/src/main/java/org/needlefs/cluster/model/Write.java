package org.needlefs.cluster.model;

import java.util.List;

/** New content of a file, to be committed in one step: all of it is seen, or nothing. */
public sealed interface Write {
    /** The whole content, replacing all that was there. At most {@code Geometry.inlineSizeMax()} bytes. */
    record Whole(byte[] bytes) implements Write {}

    /** Stretches that now stand in objects, laid over what was there. The objects must already be stored. */
    record Extents(List<Chunk> chunks) implements Write {}
}
