/** One data directory: its containers, its index, and the work that goes on in it. */
@NullMarked
package org.needlefs.storage.needle.volume;

import org.jspecify.annotations.NullMarked;
