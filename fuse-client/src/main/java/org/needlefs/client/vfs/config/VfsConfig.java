package org.needlefs.client.vfs.config;

import org.needlefs.storage.Check;

/**
 * The limits of a mount.
 *
 * @param writeBufferBytes of native memory for data that is written and not stored; a writer waits when it is full
 * @param pageSizeBytes in which that memory is given out; a small write takes a page
 * @param uploadThreadCount uploads of complete chunks at a time
 * @param blockCacheBytes of native memory for blocks read; 0 switches the cache off
 * @param blockSizeBytes of one cached block
 * @param readAheadBytesMax how far a sequential reader is run ahead of; 0 switches it off
 * @param handleCountMax open files and directories
 * @param waitMillisMax how long a writer waits for buffers before he is told EIO
 * @param dirtyMillisMax how long written data stays in buffers before it is committed without being asked
 * @param mergeExtentCount a chunk in more pieces than this is merged in the background
 */
public record VfsConfig(
        long writeBufferBytes,
        int pageSizeBytes,
        int uploadThreadCount,
        long blockCacheBytes,
        int blockSizeBytes,
        int readAheadBytesMax,
        int handleCountMax,
        long waitMillisMax,
        long dirtyMillisMax,
        int mergeExtentCount) {
    public static final VfsConfig DEFAULTS =
            new VfsConfig(64L << 20, 16 << 10, 4, 32L << 20, 128 << 10, 0, 1 << 16, 30_000, 5_000, 64);

    public VfsConfig {
        Check.that(writeBufferBytes >= 2L * pageSizeBytes, "write buffers hold two pages at least");
        Check.that(writeBufferBytes / pageSizeBytes <= Integer.MAX_VALUE, "too many pages");
        Check.that(pageSizeBytes > 0 && blockSizeBytes > 0, "pages and blocks have a size");
        Check.that(blockCacheBytes >= 0 && readAheadBytesMax >= 0, "caches have a size or are off");
        Check.that(uploadThreadCount > 0 && handleCountMax > 0, "there are threads and handles");
        Check.that(waitMillisMax > 0 && dirtyMillisMax > 0 && mergeExtentCount > 0, "waiting and merging have limits");
    }

    public int pageCount() {
        return (int) (writeBufferBytes / pageSizeBytes);
    }

    public VfsConfig withWriteBuffers(long sizeBytes, int pageBytes) {
        return new VfsConfig(
                sizeBytes,
                pageBytes,
                uploadThreadCount,
                blockCacheBytes,
                blockSizeBytes,
                readAheadBytesMax,
                handleCountMax,
                waitMillisMax,
                dirtyMillisMax,
                mergeExtentCount);
    }

    public VfsConfig withBlockCache(long sizeBytes, int blockBytes) {
        return new VfsConfig(
                writeBufferBytes,
                pageSizeBytes,
                uploadThreadCount,
                sizeBytes,
                blockBytes,
                readAheadBytesMax,
                handleCountMax,
                waitMillisMax,
                dirtyMillisMax,
                mergeExtentCount);
    }

    public VfsConfig withReadAhead(int sizeBytesMax) {
        return new VfsConfig(
                writeBufferBytes,
                pageSizeBytes,
                uploadThreadCount,
                blockCacheBytes,
                blockSizeBytes,
                sizeBytesMax,
                handleCountMax,
                waitMillisMax,
                dirtyMillisMax,
                mergeExtentCount);
    }

    public VfsConfig withHandleCountMax(int countMax) {
        return new VfsConfig(
                writeBufferBytes,
                pageSizeBytes,
                uploadThreadCount,
                blockCacheBytes,
                blockSizeBytes,
                readAheadBytesMax,
                countMax,
                waitMillisMax,
                dirtyMillisMax,
                mergeExtentCount);
    }

    public VfsConfig withMergeExtentCount(int countMax) {
        return new VfsConfig(
                writeBufferBytes,
                pageSizeBytes,
                uploadThreadCount,
                blockCacheBytes,
                blockSizeBytes,
                readAheadBytesMax,
                handleCountMax,
                waitMillisMax,
                dirtyMillisMax,
                countMax);
    }
}
