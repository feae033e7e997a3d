/** The bindings to the kernel, mounted over a filesystem that stores nothing. */
@NullMarked
package org.needlefs.test.binding;

import org.jspecify.annotations.NullMarked;
