@NullMarked
package org.needlefs.client.vfs.lock;

import org.jspecify.annotations.NullMarked;
