/** Open files: what was written, how it is uploaded and committed, and how reads see it. */
@NullMarked
package org.needlefs.client.vfs.file;

import org.jspecify.annotations.NullMarked;
