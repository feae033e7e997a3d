/** What a mount may use of memory, threads and time. */
@NullMarked
package org.needlefs.client.vfs.config;

import org.jspecify.annotations.NullMarked;
