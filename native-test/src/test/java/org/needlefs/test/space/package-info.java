/** Limits: a full disk, bounded memory, the longest names and paths, the largest directories. */
@NullMarked
package org.needlefs.test.space;

import org.jspecify.annotations.NullMarked;
