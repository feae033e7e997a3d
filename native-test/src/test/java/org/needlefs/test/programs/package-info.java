/** What people do on a filesystem, done with the programs they use and checked by content. */
@NullMarked
package org.needlefs.test.programs;

import org.jspecify.annotations.NullMarked;
