/** The binding on libfuse 2.9's low-level interface, called through jnr-fuse's libraries. */
@NullMarked
package org.needlefs.client.binding.jnr;

import org.jspecify.annotations.NullMarked;
