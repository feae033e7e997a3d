/** Finds and mends what contradicts the invariants of a namespace. */
@NullMarked
package org.needlefs.cluster.namespace.check;

import org.jspecify.annotations.NullMarked;
