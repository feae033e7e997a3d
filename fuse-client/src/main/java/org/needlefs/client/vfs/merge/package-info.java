/** Rewriting chunks that are in too many pieces, in the background. */
@NullMarked
package org.needlefs.client.vfs.merge;

import org.jspecify.annotations.NullMarked;
