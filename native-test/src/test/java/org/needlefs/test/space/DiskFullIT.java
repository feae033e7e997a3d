package org.needlefs.test.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.system.ErrorNumber.ENOSPC;
import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_WRONLY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.EmbeddedMount;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;
import org.needlefs.test.system.Programs;

/**
 * A data directory on a small disk of its own (an ext4 image on a loop device): ENOSPC arrives, nothing that was stored
 * is lost, deleting makes room, writing goes on.
 */
final class DiskFullIT {
    private static final String DISK_SIZE = "3G";
    private static final int FILE_BYTES = 8 << 20;
    private static final long ROOM_SECONDS_MAX = 120;

    @Test
    void aFullDiskLosesNothingAndRecovers() throws IOException {
        Path work = TestFileSystem.workDirectory("needlefs-full-");
        Path disk = Files.createDirectory(work.resolve("disk"));
        Programs here = Programs.in(work);
        here.shell("truncate -s " + DISK_SIZE + " image && mkfs.ext4 -q -F image && mount -o loop image disk");
        try {
            if (TestFileSystem.isLocal()) {
                fillAndRecover(LinuxCalls.below(disk.toString()), () -> {});
            } else {
                onMount(disk);
            }
        } finally {
            here.shell("umount disk || umount -l disk; rm -rf --one-file-system " + work);
        }
    }

    private static void onMount(Path disk) throws IOException {
        Path work = TestFileSystem.workDirectory("needlefs-mount-");
        try (EmbeddedMount mount = EmbeddedMount.mount(work, disk.resolve("data"))) {
            fillAndRecover(mount.calls(), mount::remount);
        }
    }

    private static void fillAndRecover(LinuxCalls calls, Runnable remount) {
        List<Integer> stored = new ArrayList<>();
        int next = 0;
        while (store(calls, next) == 0) {
            stored.add(next++);
        }
        System.out.printf("DiskFullIT: %d files of 8 MiB, then ENOSPC; statfs says %s%n", stored.size(), calls.space());
        assertThat(stored).as("files that fitted").hasSizeGreaterThan(20);
        assertThat(store(calls, next)).as("writing again on the full disk").isEqualTo(-ENOSPC);
        long ignored = calls.unlink("file" + next);
        assertStored(calls, stored);

        List<Integer> removed = List.copyOf(stored.subList(0, stored.size() / 2));
        removed.forEach(number -> LinuxCalls.done("unlink", calls.unlink("file" + number)));
        stored.removeAll(removed);
        awaitRoom(calls, (long) removed.size() / 2 * FILE_BYTES);
        for (int again = 0; again < removed.size() / 4; again++) {
            next++;
            assertThat(store(calls, next))
                    .as("writing into the room that deleting made")
                    .isZero();
            stored.add(next);
        }
        assertStored(calls, stored);
        remount.run();
        assertStored(calls, stored);
    }

    /** 0, or the first error that write, fsync or close answered. */
    private static long store(LinuxCalls calls, int number) {
        long file = calls.open("file" + number, O_CREAT | O_WRONLY, 0644);
        if (file < 0) {
            return file;
        }
        byte[] bytes = content(number);
        long result = 0;
        for (int offset = 0; offset < bytes.length && result >= 0; offset += 1 << 20) {
            result = calls.pwrite((int) file, Arrays.copyOfRange(bytes, offset, offset + (1 << 20)), offset);
        }
        long synced = result < 0 ? result : calls.fsync((int) file);
        long closed = calls.close((int) file);
        return synced < 0 ? synced : Math.min(0, closed);
    }

    private static void assertStored(LinuxCalls calls, List<Integer> stored) {
        for (int number : stored) {
            int file = calls.opened("file" + number, 0, 0);
            boolean same = Arrays.equals(calls.bytes(file, 0, FILE_BYTES + 1), content(number));
            LinuxCalls.done("close", calls.close(file));
            assertThat(same).as("content of file%d", number).isTrue();
        }
    }

    /** Deleted content is collected in the background. */
    private static void awaitRoom(LinuxCalls calls, long bytes) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ROOM_SECONDS_MAX);
        while (calls.space().availableBytes() < bytes) {
            assertThat(System.nanoTime())
                    .as("room for %d bytes within %d s, there is %s", bytes, ROOM_SECONDS_MAX, calls.space())
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static byte[] content(int number) {
        byte[] bytes = new byte[FILE_BYTES];
        new SplittableRandom(number).nextBytes(bytes);
        return bytes;
    }
}
