package org.needlefs.test.model;

import static org.needlefs.test.system.Flags.*;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Random steps on few names and few slots, so that they meet. The same seed gives the same steps.
 *
 * <p>Left out, because the answer depends on the machine and not on the filesystem: anything that waits (fifos),
 * what sysctl protects in sticky directories of everybody, absolute symlinks and {@code ..} (they would lead outside).
 */
final class StepGenerator {
    static final int SLOTS = 12;

    private static final long CHUNK = 5L << 20;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "grün", "日本", Step.LONG);
    private static final List<String> XATTRS = List.of("user.a", "user.b", "user.ü");
    private static final List<Integer> MODES =
            List.of(0644, 0600, 0755, 0700, 0777, 0444, 0, 04755, 02755, 02745, 06711, 01755);
    private static final List<Integer> OPEN_FLAGS = List.of(
            O_RDONLY,
            O_RDWR,
            O_WRONLY,
            O_RDWR | O_CREAT,
            O_RDWR | O_CREAT,
            O_WRONLY | O_CREAT,
            O_RDWR | O_CREAT | O_EXCL,
            O_RDWR | O_CREAT | O_TRUNC,
            O_WRONLY | O_APPEND,
            O_RDWR | O_CREAT | O_APPEND,
            O_RDWR | O_TRUNC,
            O_RDONLY | O_NOFOLLOW,
            O_RDONLY | O_DIRECTORY);

    private final SplittableRandom random;
    private final boolean renameFlags;

    /** @param renameFlags whether the binding can RENAME_NOREPLACE and RENAME_EXCHANGE */
    StepGenerator(long seed, boolean renameFlags) {
        this.random = new SplittableRandom(seed);
        this.renameFlags = renameFlags;
    }

    Step next() {
        int kind = random.nextInt(100);
        if (kind < 50) {
            return onOpen(kind);
        }
        return kind < 85 ? onNames(kind) : onAttributes(kind);
    }

    private Step onOpen(int kind) {
        if (kind < 12) {
            return Step.of("open", slot(), path(), Step.octal(pick(OPEN_FLAGS)), Step.octal(pick(MODES) & 0777));
        }
        if (kind < 15) {
            return Step.of("close", slot());
        }
        if (kind < 24) {
            return Step.of("read", slot(), offset(), size());
        }
        if (kind < 37) {
            return Step.of("write", slot(), offset(), size(), random.nextInt(1_000_000));
        }
        if (kind < 40) {
            return Step.of("ftruncate", slot(), random.nextInt(20) == 0 ? -1 : offset());
        }
        if (kind < 43) {
            return Step.of("fallocate", slot(), allocateMode(), offset(), offset() - random.nextInt(2));
        }
        if (kind < 45) {
            return Step.of("copy", slot(), offset(), slot(), offset(), offset());
        }
        return kind < 46 ? Step.of("fsync", slot()) : Step.of("fstat", slot());
    }

    private Step onNames(int kind) {
        if (kind < 57) {
            return Step.of("mkdir", path(), Step.octal(pick(MODES) & 01777));
        }
        if (kind < 60) {
            return Step.of("rmdir", path());
        }
        if (kind < 65) {
            return Step.of("unlink", path());
        }
        if (kind < 69) {
            return Step.of("link", path(), path());
        }
        if (kind < 71) {
            return Step.of("symlink", random.nextBoolean() ? pick(NAMES) : pick(NAMES) + "/" + pick(NAMES), path());
        }
        if (kind < 72) {
            return Step.of("readlink", path());
        }
        if (kind < 79) {
            return Step.of("rename", path(), path(), renameFlags ? random.nextInt(3) : 0);
        }
        if (kind < 80) {
            return Step.of("mknod", path(), Step.octal((random.nextBoolean() ? S_IFSOCK : S_IFREG) | 0644));
        }
        return kind < 83 ? Step.of("stat", path()) : Step.of("list", path());
    }

    private Step onAttributes(int kind) {
        if (kind < 87) {
            return Step.of("chmod", path(), Step.octal(pick(MODES)));
        }
        if (kind < 89) {
            return Step.of("chown", path(), owner(), owner());
        }
        if (kind < 91) {
            return Step.of("mtime", path(), random.nextLong(2_000_000_000_000_000_000L) - 100_000_000_000L);
        }
        if (kind < 93) {
            return Step.of("truncate", path(), offset());
        }
        String name = pick(XATTRS);
        if (kind < 96) {
            return Step.of("setxattr", path(), name, "v".repeat(1 + random.nextInt(100)), random.nextInt(3));
        }
        if (kind < 98) {
            return Step.of("getxattr", path(), name);
        }
        return kind < 99 ? Step.of("removexattr", path(), name) : Step.of("listxattr", path());
    }

    private String path() {
        StringBuilder path = new StringBuilder(name());
        for (int depth = random.nextInt(8); depth >= 5; depth--) {
            path.append('/').append(name());
        }
        return path.toString();
    }

    private String name() {
        return random.nextInt(200) == 0 ? Step.TOO_LONG : pick(NAMES);
    }

    private int slot() {
        return random.nextInt(SLOTS);
    }

    private int owner() {
        return random.nextInt(4) * 1000 - 1000 < 0 ? -1 : random.nextInt(3) * 1000;
    }

    private int allocateMode() {
        return pick(List.of(
                0,
                FALLOC_FL_KEEP_SIZE,
                FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                FALLOC_FL_ZERO_RANGE,
                FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE));
    }

    /** Mostly small; also around the edges of pages and chunks. */
    private long offset() {
        return switch (random.nextInt(10)) {
            case 0 -> 0L;
            case 1, 2, 3, 4 -> random.nextLong(10_000);
            case 5, 6 -> random.nextLong(300_000);
            case 7 -> 4096L * random.nextInt(40);
            case 8 -> CHUNK * (1 + random.nextInt(2)) - 3000 + random.nextInt(6000);
            default -> random.nextLong(CHUNK * 2);
        };
    }

    private int size() {
        return switch (random.nextInt(10)) {
            case 0 -> 4096;
            case 1, 2, 3, 4, 5 -> 1 + random.nextInt(5_000);
            case 6, 7, 8 -> 1 + random.nextInt(40_000);
            default -> 1 + random.nextInt(400_000);
        };
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
