/** Immutable objects in containers, their index, compaction and scrub. */
@NullMarked
package org.needlefs.storage.needle;

import org.jspecify.annotations.NullMarked;
