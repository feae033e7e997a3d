/** Where each needle is: a cache of what the containers say, kept in Xodus and always possible to make anew from them. */
@NullMarked
package org.needlefs.storage.needle.index;

import org.jspecify.annotations.NullMarked;
