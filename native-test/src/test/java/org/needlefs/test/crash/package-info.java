/** What is left after the daemon died in the middle of its work. */
@NullMarked
package org.needlefs.test.crash;

import org.jspecify.annotations.NullMarked;
