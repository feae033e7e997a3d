/** The FUSE protocol as a function: the bytes of a request in, the bytes of its reply out. Knows no device and no thread. */
@NullMarked
package org.needlefs.client.binding.kernel.protocol;

import org.jspecify.annotations.NullMarked;
