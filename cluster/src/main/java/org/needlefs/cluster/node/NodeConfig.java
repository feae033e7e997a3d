package org.needlefs.cluster.node;

import java.nio.file.Path;
import java.util.List;
import org.needlefs.cluster.namespace.NamespaceLimits;
import org.needlefs.storage.Check;

/**
 * What a node is opened with.
 *
 * @param dataDirectories one a disk; the first also holds the namespace and the format
 * @param namespaceLimits bounds of the namespace
 * @param segmentSizeBytes of a needle container; 0: by the size of the first disk
 * @param indexCacheBytes of Xodus pages, for each data directory
 */
public record NodeConfig(
        List<Path> dataDirectories, NamespaceLimits namespaceLimits, long segmentSizeBytes, long indexCacheBytes) {
    private static final long INDEX_CACHE_BYTES = 24L << 20;

    public NodeConfig {
        dataDirectories = List.copyOf(dataDirectories);
        Check.that(!dataDirectories.isEmpty(), "a node has at least one data directory");
    }

    public static NodeConfig of(List<Path> dataDirectories) {
        return new NodeConfig(dataDirectories, NamespaceLimits.DEFAULT, 0, INDEX_CACHE_BYTES);
    }
}
