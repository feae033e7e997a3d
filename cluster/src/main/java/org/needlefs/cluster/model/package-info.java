/** The words that namespace and clients share: inodes, names, attributes, extents, answers. Data without behaviour. */
@NullMarked
package org.needlefs.cluster.model;

import org.jspecify.annotations.NullMarked;
