/** Off-heap memory for bytes that were written and are not stored yet: pages under one budget, and chunks made of them. */
@NullMarked
package org.needlefs.client.vfs.buffer;

import org.jspecify.annotations.NullMarked;
