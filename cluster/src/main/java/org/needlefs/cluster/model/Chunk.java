package org.needlefs.cluster.model;

import java.util.List;

/**
 * Where the bytes of one chunk of a file are.
 *
 * @param index of the chunk in its file: chunk {@code i} begins at {@code i} times the chunk size
 * @param extents in ascending order, not overlapping
 */
public record Chunk(long index, List<Extent> extents) {}
