/** Commands that look into the bare files of a node that does not run. */
@NullMarked
package org.needlefs.client.cli.inspect;

import org.jspecify.annotations.NullMarked;
