@NullMarked
package org.needlefs.cluster.namespace;

import org.jspecify.annotations.NullMarked;
