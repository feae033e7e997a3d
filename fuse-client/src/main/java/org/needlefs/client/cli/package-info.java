/** The command line. */
@NullMarked
package org.needlefs.client.cli;

import org.jspecify.annotations.NullMarked;
