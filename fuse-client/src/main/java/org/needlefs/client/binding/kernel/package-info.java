/** Binding that speaks the FUSE protocol on /dev/fuse itself, without libfuse. */
@NullMarked
package org.needlefs.client.binding.kernel;

import org.jspecify.annotations.NullMarked;
