package org.needlefs.cluster.namespace.state;

import java.util.SortedMap;
import org.needlefs.cluster.namespace.command.Outcome;

/**
 * What a session is owed: the outcomes that it has not acknowledged.
 *
 * @param orphanCount nodes without a name that it holds
 */
public record SessionRow(long acknowledgedBelow, long orphanCount, SortedMap<Long, Outcome> outcomes) {}
