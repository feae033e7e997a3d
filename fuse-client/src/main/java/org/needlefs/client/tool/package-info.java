/** Tools that need no node: the check of a machine, and the benchmark of a folder. */
@NullMarked
package org.needlefs.client.tool;

import org.jspecify.annotations.NullMarked;
