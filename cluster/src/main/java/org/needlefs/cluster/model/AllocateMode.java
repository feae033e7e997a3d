package org.needlefs.cluster.model;

/** The modes of fallocate(2) that there are. A log-structured store reserves nothing: allocation only moves the size. */
public enum AllocateMode {
    /** The file is at least {@code offset + length} long afterwards. */
    EXTEND,
    /** FALLOC_FL_KEEP_SIZE: nothing changes. */
    KEEP_SIZE,
    /** FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE: the stretch reads as zeros and takes no space. */
    PUNCH_HOLE,
    /** FALLOC_FL_ZERO_RANGE: the stretch reads as zeros, and the file grows if it ends behind the end. */
    ZERO_RANGE,
    /** FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE. */
    ZERO_RANGE_KEEP_SIZE
}
