package org.needlefs.cluster.model;

import java.util.List;

/** How a file's bytes are kept: few of them in the namespace itself, more in objects. */
public sealed interface Content {
    /**
     * The bytes from the start of a file, at most {@code Geometry.inlineSizeMax()}; from their end to the file's size,
     * which may be more after a truncate, is a hole. Lent to the reader, who must not change them.
     */
    record Inline(byte[] bytes) implements Content {}

    /** The chunks that were asked for; one without extents is a hole and left out. */
    record Chunks(List<Chunk> chunks) implements Content {}
}
