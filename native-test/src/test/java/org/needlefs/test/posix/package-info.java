/** What the manual pages of Linux say of each system call, one line a rule, confirmed on the local disk. */
@NullMarked
package org.needlefs.test.posix;

import org.jspecify.annotations.NullMarked;
