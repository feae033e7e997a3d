/** The command line: what a user types, and how answers look. */
@NullMarked
package org.needlefs.client.cli;

import org.jspecify.annotations.NullMarked;
