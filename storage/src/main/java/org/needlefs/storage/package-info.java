/**
 * Bytes on one machine: immutable objects in log-structured containers, and the segment log under them.
 * Knows disks and bytes; knows no nodes, no file names and no errno.
 */
@NullMarked
package org.needlefs.storage;

import org.jspecify.annotations.NullMarked;
