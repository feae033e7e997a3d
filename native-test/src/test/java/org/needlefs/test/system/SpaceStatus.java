package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** What statvfs(3) answered, in bytes. */
public record SpaceStatus(
        long totalBytes, long freeBytes, long availableBytes, long files, long filesFree, long nameSizeMax) {
    static final long SIZE_BYTES = 112;

    static SpaceStatus of(MemorySegment statvfs) {
        long unit = statvfs.get(JAVA_LONG, 8);
        return new SpaceStatus(
                unit * statvfs.get(JAVA_LONG, 16),
                unit * statvfs.get(JAVA_LONG, 24),
                unit * statvfs.get(JAVA_LONG, 32),
                statvfs.get(JAVA_LONG, 40),
                statvfs.get(JAVA_LONG, 48),
                statvfs.get(JAVA_LONG, 80));
    }
}
