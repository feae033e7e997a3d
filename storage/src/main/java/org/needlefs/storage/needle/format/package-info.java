/** The bytes of a needle: its header in a container and its digest. Pure: no files, no state. */
@NullMarked
package org.needlefs.storage.needle.format;

import org.jspecify.annotations.NullMarked;
