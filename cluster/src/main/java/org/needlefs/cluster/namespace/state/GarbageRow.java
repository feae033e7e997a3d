package org.needlefs.cluster.namespace.state;

import org.needlefs.storage.ObjectId;

/** An object that no chunk refers to any more, and when the last one ceased to. */
public record GarbageRow(ObjectId object, long freedNanos) {}
