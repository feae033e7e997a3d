/** The life of a mount as the command line gives it: start, end, and everything that goes wrong in between. */
@NullMarked
package org.needlefs.test.mount;

import org.jspecify.annotations.NullMarked;
