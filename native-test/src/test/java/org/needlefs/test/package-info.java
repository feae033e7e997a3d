/** Rules that the code itself must keep, checked without a mount. */
@NullMarked
package org.needlefs.test;

import org.jspecify.annotations.NullMarked;
