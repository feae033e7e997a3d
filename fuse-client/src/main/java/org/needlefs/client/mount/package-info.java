/** A mount's life: options, start in the background, the process that serves it, its end. */
@NullMarked
package org.needlefs.client.mount;

import org.jspecify.annotations.NullMarked;
