/** Administration of a running or stopped node: commands, their answers, and how they travel between processes. */
@NullMarked
package org.needlefs.client.admin;

import org.jspecify.annotations.NullMarked;
