/** Linux itself, as the tests call it: system calls with the kernel's own results, and processes. */
@NullMarked
package org.needlefs.test.system;

import org.jspecify.annotations.NullMarked;
