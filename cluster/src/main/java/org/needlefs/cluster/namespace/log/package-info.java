/** How commands become ordered and durable, and how the state is got back from them. */
@NullMarked
package org.needlefs.cluster.namespace.log;

import org.jspecify.annotations.NullMarked;
