/** Reading committed content: chunk maps, objects, the block cache and the read-ahead window. */
@NullMarked
package org.needlefs.client.vfs.read;

import org.jspecify.annotations.NullMarked;
