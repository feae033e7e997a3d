/** Commands about a node and its data. */
@NullMarked
package org.needlefs.client.cli.node;

import org.jspecify.annotations.NullMarked;
