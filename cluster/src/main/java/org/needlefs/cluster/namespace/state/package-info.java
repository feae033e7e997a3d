/** What the state machine remembers: its rows, their bytes and their tables. */
@NullMarked
package org.needlefs.cluster.namespace.state;

import org.jspecify.annotations.NullMarked;
