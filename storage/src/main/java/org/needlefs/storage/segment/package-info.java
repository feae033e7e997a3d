/** The segment log: the one thing on disk that everything durable goes through. */
@NullMarked
package org.needlefs.storage.segment;

import org.jspecify.annotations.NullMarked;
