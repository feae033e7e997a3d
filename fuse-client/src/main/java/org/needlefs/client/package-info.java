/** The program that users run: mounts, and the commands around them. */
@NullMarked
package org.needlefs.client;

import org.jspecify.annotations.NullMarked;
