/** The tree of inodes as a deterministic state machine, its log, its state and its checks. */
@NullMarked
package org.needlefs.cluster.namespace;

import org.jspecify.annotations.NullMarked;
