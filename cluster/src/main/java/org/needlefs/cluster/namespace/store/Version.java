package org.needlefs.cluster.namespace.store;

import java.util.Optional;

/** What became of a row: its value, or that there is none. */
record Version<V>(Optional<V> value) {}
