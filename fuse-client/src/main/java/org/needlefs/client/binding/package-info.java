/** Translates between the kernel's FUSE requests and the vfs. */
@NullMarked
package org.needlefs.client.binding;

import org.jspecify.annotations.NullMarked;
