/** Nodes and names: the namespace as a replicated state machine, and objects placed on nodes. Knows no kernel. */
@NullMarked
package org.needlefs.cluster;

import org.jspecify.annotations.NullMarked;
