/** What can be asked of the namespace's state machine, what it answers, and the bytes that carry both. */
@NullMarked
package org.needlefs.cluster.namespace.command;

import org.jspecify.annotations.NullMarked;
