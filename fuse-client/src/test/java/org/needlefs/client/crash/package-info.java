@NullMarked
package org.needlefs.client.crash;

import org.jspecify.annotations.NullMarked;
