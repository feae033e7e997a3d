/** The few Linux system calls that mounting and serving take, called directly. */
@NullMarked
package org.needlefs.client.binding.kernel.system;

import org.jspecify.annotations.NullMarked;
