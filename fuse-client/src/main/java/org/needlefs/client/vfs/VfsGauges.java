package org.needlefs.client.vfs;

/**
 * What a mount holds at a moment.
 *
 * @param bufferedBytes of write buffers in use or promised; never more than configured
 * @param cachedBytes of the block cache
 * @param openFileCount file handles
 * @param openDirectoryCount directory handles
 * @param uploadsInFlight objects being put
 * @param cacheHitCount reads of a block that were answered by the cache, since the start
 * @param cacheMissCount reads of a block that were not
 * @param mergedRunCount stretches of chunks rewritten in the background, since the start
 */
public record VfsGauges(
        long bufferedBytes,
        long cachedBytes,
        int openFileCount,
        int openDirectoryCount,
        int uploadsInFlight,
        long cacheHitCount,
        long cacheMissCount,
        long mergedRunCount) {}
