/** Advisory locks on files: fcntl(2)'s on ranges of bytes and flock(2)'s on whole files. Knows no FUSE binding. */
@NullMarked
package org.needlefs.client.vfs.lock;

import org.jspecify.annotations.NullMarked;
