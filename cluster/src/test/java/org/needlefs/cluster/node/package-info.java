@NullMarked
package org.needlefs.cluster.node;

import org.jspecify.annotations.NullMarked;
