package org.needlefs.cluster.model;

/** What was fixed when the filesystem was formatted. Sizes are bytes. */
public record Geometry(int chunkSizeBytes, int inlineSizeMax) {}
