/** Objects as a client sees them, wherever they are stored. */
@NullMarked
package org.needlefs.cluster.object;

import org.jspecify.annotations.NullMarked;
