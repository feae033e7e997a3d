/** Ordered tables in Xodus behind an overlay in memory, a cache and checksums; knows nothing of files. */
@NullMarked
package org.needlefs.cluster.namespace.store;

import org.jspecify.annotations.NullMarked;
