package org.needlefs.client.binding;

import java.util.EnumSet;
import java.util.Set;
import org.needlefs.storage.Check;

/**
 * How to mount. Permissions are always checked by the kernel ({@code default_permissions}).
 *
 * @param name what {@code df} and {@code /proc/mounts} show as the source
 * @param cacheMillis how long the kernel may believe names, absent names and attributes without asking. Long is right
 *     where every change goes through this mount; 0 asks every time
 * @param threadCountMax how many requests are answered at the same time; further ones wait in the kernel
 */
public record MountOptions(Set<MountFlag> flags, String name, long cacheMillis, int threadCountMax) {
    public static final int THREAD_COUNT_MAX_DEFAULT = 32;

    public MountOptions {
        flags = Set.copyOf(flags);
        Check.that(!name.isEmpty(), "a mount has a name");
        Check.that(cacheMillis >= 0, "cacheMillis is not negative");
        Check.that(threadCountMax > 0, "a mount is served by at least one thread");
    }

    public static MountOptions named(String name) {
        return new MountOptions(Set.of(), name, 0, THREAD_COUNT_MAX_DEFAULT);
    }

    public MountOptions withCacheMillis(long value) {
        return new MountOptions(flags, name, value, threadCountMax);
    }

    public MountOptions withThreadCountMax(int value) {
        return new MountOptions(flags, name, cacheMillis, value);
    }

    public MountOptions with(MountFlag flag) {
        EnumSet<MountFlag> more = EnumSet.of(flag);
        more.addAll(flags);
        return new MountOptions(more, name, cacheMillis, threadCountMax);
    }

    public boolean has(MountFlag flag) {
        return flags.contains(flag);
    }
}
