package org.needlefs.cluster.namespace.state;

import org.needlefs.cluster.model.Name;

/** One extended attribute of an inode; the bytes are not to be changed. */
public record Xattr(Name name, byte[] value) {}
