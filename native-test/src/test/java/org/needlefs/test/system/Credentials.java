package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Whom a system call is made as. The raw system calls change one thread only (the C library's would change all), so a
 * root JVM can act as anybody for the length of one call; nothing of Java runs in between but that call. Its working
 * directory is the one that paths count from, so that what is above need not be open to everybody.
 */
public record Credentials(int uid, int gid, List<Integer> groups) {
    public static final Credentials ROOT = new Credentials(0, 0, List.of());

    private static final int CLONE_FS = 0x200;

    public Credentials {
        groups = List.copyOf(groups);
    }

    public static Credentials user(int uid, int gid, Integer... groups) {
        return new Credentials(uid, gid, List.of(groups));
    }

    long during(String directory, LongSupplier call) {
        if (equals(ROOT)) {
            return call.getAsLong();
        }
        must(Libc.callInt("unshare", CLONE_FS)); // from now on this thread has a working directory of its own
        must(Libc.callInt("chdir", directory));
        try {
            take(this);
            return call.getAsLong();
        } finally {
            must(Libc.callLong("syscall", (long) Flags.SYS_SETRESUID, 0L, 0L, 0L));
            take(ROOT);
            must(Libc.callInt("chdir", "/"));
        }
    }

    private static void take(Credentials who) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(JAVA_INT, Math.max(1, who.groups.size()));
            for (int index = 0; index < who.groups.size(); index++) {
                list.setAtIndex(JAVA_INT, index, who.groups.get(index));
            }
            must(Libc.callLong("syscall", (long) Flags.SYS_SETGROUPS, (long) who.groups.size(), list));
            must(Libc.callLong("syscall", (long) Flags.SYS_SETRESGID, (long) who.gid, (long) who.gid, (long) who.gid));
            must(Libc.callLong("syscall", (long) Flags.SYS_SETRESUID, (long) who.uid, (long) who.uid, 0L));
        }
    }

    private static void must(long result) {
        if (result != 0) {
            throw new AssertionError(
                    "the tests run as root, but changing the user failed: " + ErrorNumber.show(result));
        }
    }
}
