/** Files as an application sees them: handles, dirty ranges, caches. Knows no FUSE binding. */
@NullMarked
package org.needlefs.client.vfs;

import org.jspecify.annotations.NullMarked;
