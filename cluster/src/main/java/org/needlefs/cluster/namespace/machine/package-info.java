/** The deterministic state machine: commands change the state, questions read it. */
@NullMarked
package org.needlefs.cluster.namespace.machine;

import org.jspecify.annotations.NullMarked;
