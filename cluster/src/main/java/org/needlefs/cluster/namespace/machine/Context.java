package org.needlefs.cluster.namespace.machine;

/** Under what circumstances a command is applied: its place in the log, who gave it, and when. */
record Context(long logIndex, long session, long timeNanos) {}
