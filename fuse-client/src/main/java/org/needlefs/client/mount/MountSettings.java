package org.needlefs.client.mount;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.vfs.config.VfsConfig;

/**
 * What {@code mount -o} can say. Unknown options are refused, so that none is silently without effect.
 *
 * @param writeBufferBytes of what was written and is not stored yet, over all files
 * @param readCacheBytes of what was read, outside the heap
 * @param threadCountMax how many requests are answered at the same time
 */
public record MountSettings(
        Set<MountFlag> flags, Binding binding, long writeBufferBytes, long readCacheBytes, int threadCountMax) {
    public static final MountSettings DEFAULT = new MountSettings(
            Set.of(),
            Binding.AUTO,
            VfsConfig.DEFAULTS.writeBufferBytes(),
            VfsConfig.DEFAULTS.blockCacheBytes(),
            MountOptions.THREAD_COUNT_MAX_DEFAULT);

    private static final long CACHE_BYTES_MIN = 1 << 20;
    private static final long CACHE_BYTES_MAX = 1L << 40;
    private static final int THREADS_MAX = 1024;
    private static final String KNOWN = "ro, rw, allow_other, nodev, nosuid, noexec, noxattr, fuse=kernel|jnr|auto, "
            + "write_buffer=SIZE, read_cache=SIZE, threads=N";

    /** The way to the kernel. */
    public enum Binding {
        /** The fastest that works on this machine. */
        AUTO,
        KERNEL,
        JNR
    }

    public MountSettings {
        flags = Set.copyOf(flags);
    }

    /** @param options each may hold several, separated by commas. @throws IllegalArgumentException with a line for the user */
    public static MountSettings parse(List<String> options) {
        MountSettings settings = DEFAULT;
        for (String some : options) {
            for (String option : some.split(",", -1)) {
                if (!option.isBlank()) {
                    settings = settings.with(option.strip());
                }
            }
        }
        return settings;
    }

    private MountSettings with(String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        Optional<String> value = equals < 0 ? Optional.empty() : Optional.of(option.substring(equals + 1));
        Optional<MountFlag> flag = flagOf(name);
        if (flag.isPresent()) {
            forbid(name, value);
            EnumSet<MountFlag> more = EnumSet.of(flag.get());
            more.addAll(flags);
            return withFlags(more);
        }
        return switch (name) {
            case "rw" -> {
                forbid(name, value);
                EnumSet<MountFlag> fewer = EnumSet.noneOf(MountFlag.class);
                fewer.addAll(flags);
                fewer.remove(MountFlag.READ_ONLY);
                yield withFlags(fewer);
            }
            case "fuse" ->
                new MountSettings(
                        flags, bindingOf(need(name, value)), writeBufferBytes, readCacheBytes, threadCountMax);
            case "write_buffer" -> new MountSettings(flags, binding, size(name, value), readCacheBytes, threadCountMax);
            case "read_cache" -> new MountSettings(flags, binding, writeBufferBytes, size(name, value), threadCountMax);
            case "threads" -> new MountSettings(flags, binding, writeBufferBytes, readCacheBytes, threads(name, value));
            default -> throw new IllegalArgumentException("unknown mount option '" + option + "'; there are: " + KNOWN);
        };
    }

    private MountSettings withFlags(Set<MountFlag> value) {
        return new MountSettings(value, binding, writeBufferBytes, readCacheBytes, threadCountMax);
    }

    private static Optional<MountFlag> flagOf(String name) {
        for (MountFlag flag : MountFlag.values()) {
            if (flag.word().equals(name)) {
                return Optional.of(flag);
            }
        }
        return Optional.empty();
    }

    private static Binding bindingOf(String word) {
        for (Binding binding : Binding.values()) {
            if (binding.name().toLowerCase(Locale.ROOT).equals(word)) {
                return binding;
            }
        }
        throw new IllegalArgumentException("mount option fuse is kernel, jnr or auto, not '" + word + "'");
    }

    private static long size(String name, Optional<String> value) {
        long bytes = Sizes.parse(need(name, value));
        if (bytes < CACHE_BYTES_MIN || bytes > CACHE_BYTES_MAX) {
            throw new IllegalArgumentException("mount option " + name + " is 1m to 1t, not " + Sizes.format(bytes));
        }
        return bytes;
    }

    private static int threads(String name, Optional<String> value) {
        String text = need(name, value);
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > THREADS_MAX) {
            throw new IllegalArgumentException("mount option threads is 1 to " + THREADS_MAX + ", not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static String need(String name, Optional<String> value) {
        return value.filter(text -> !text.isEmpty())
                .orElseThrow(
                        () -> new IllegalArgumentException("mount option " + name + " needs a value: " + name + "=…"));
    }

    private static void forbid(String name, Optional<String> value) {
        if (value.isPresent()) {
            throw new IllegalArgumentException("mount option " + name + " takes no value");
        }
    }
}
