/** The seam to a disk: a directory of files, real or simulated. */
@NullMarked
package org.needlefs.storage.disk;

import org.jspecify.annotations.NullMarked;
