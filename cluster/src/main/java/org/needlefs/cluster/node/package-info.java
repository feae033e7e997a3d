/** One node: object store, namespace and background work, wired together. */
@NullMarked
package org.needlefs.cluster.node;

import org.jspecify.annotations.NullMarked;
