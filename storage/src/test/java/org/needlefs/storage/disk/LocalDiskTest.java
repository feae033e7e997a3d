package org.needlefs.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.storage.OutOfSpaceException;

final class LocalDiskTest {
    @TempDir
    private Path directory;

    private static byte[] bytes(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new SplittableRandom(sizeBytes).nextBytes(bytes);
        return bytes;
    }

    @Test
    void smallAndLargeHeapAndDirectBuffersComeBackAsTheyWere() throws IOException {
        LocalDisk disk = LocalDisk.open(directory.resolve("a/b"));
        for (int sizeBytes : new int[] {0, 1, 100, 32 * 1024, 300_000, 3_000_000}) {
            ByteBuffer direct = ByteBuffer.allocateDirect(sizeBytes).put(bytes(sizeBytes));
            try (DiskFile file = disk.create("file-" + sizeBytes)) {
                file.write(5, ByteBuffer.wrap(bytes(sizeBytes)), direct.flip(), ByteBuffer.wrap(new byte[] {42}));
                assertThat(direct.hasRemaining()).isFalse();
                assertThat(file.sizeBytes()).isEqualTo(6 + 2L * sizeBytes);
                ByteBuffer into = ByteBuffer.allocate(2 * sizeBytes + 100);
                assertThat(file.read(5, into)).isEqualTo(2 * sizeBytes + 1);
                assertThat(into.flip().slice(0, sizeBytes)).isEqualTo(ByteBuffer.wrap(bytes(sizeBytes)));
                assertThat(into.slice(sizeBytes, sizeBytes)).isEqualTo(ByteBuffer.wrap(bytes(sizeBytes)));
                assertThat(into.get(2 * sizeBytes)).isEqualTo((byte) 42);
                assertThat(file.read(7 + 2L * sizeBytes, into.clear())).isZero();
            }
        }
    }

    @Test
    void preallocatedSpaceReadsAsZeros() throws IOException {
        LocalDisk disk = LocalDisk.open(directory);
        try (DiskFile file = disk.create("file")) {
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
            file.preallocate(8 << 20);
            assertThat(file.sizeBytes()).isEqualTo(8 << 20);
            file.preallocate(1 << 20);
            assertThat(file.sizeBytes()).isEqualTo(8 << 20);
            ByteBuffer into = ByteBuffer.allocate(3);
            file.read(0, into);
            assertThat(into.array()).containsExactly(1, 0, 0);
            file.truncate(1);
            assertThat(file.sizeBytes()).isEqualTo(1);
        }
    }

    @Test
    void moreThanTheDiskHoldsIsRefusedBeforeAnyOfItIsTaken() throws IOException {
        LocalDisk disk = LocalDisk.open(directory);
        try (DiskFile file = disk.create("file")) {
            assertThatThrownBy(() -> file.preallocate(disk.totalBytes() * 4))
                    .isInstanceOf(OutOfSpaceException.class)
                    .hasMessageContaining("file");
            assertThat(file.sizeBytes()).isZero();
        }
    }

    @Test
    void filesAreListedRenamedAndDeleted() throws IOException {
        LocalDisk disk = LocalDisk.open(directory);
        disk.create("b").close();
        disk.create("a").close();
        assertThat(disk.list()).containsExactly("a", "b");
        disk.rename("a", "b");
        disk.syncDirectory();
        assertThat(disk.list()).containsExactly("b");
        disk.delete("b");
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.delete("b")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aSecondLockInThisProcessIsRefusedAndLeavesTheFirstInForce() throws Exception {
        LocalDisk disk = LocalDisk.open(directory);
        Closeable held = disk.lock();
        LocalDisk same = LocalDisk.open(directory);
        assertThatThrownBy(same::lock)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("process " + ProcessHandle.current().pid());
        assertThat(lockInAnotherProcess())
                .contains(directory.toString())
                .contains("process " + ProcessHandle.current().pid());
        held.close();
        disk.lock().close();
        assertThat(lockInAnotherProcess()).isEqualTo("free");
        assertThat(disk.list()).isEmpty();
    }

    private String lockInAnotherProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockProbe.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.trim();
    }

    /** Says whether a directory can be locked. */
    static final class LockProbe {
        private LockProbe() {}

        public static void main(String... arguments) throws IOException {
            try {
                LocalDisk.open(Path.of(arguments[0])).lock().close();
                System.out.println("free");
            } catch (IOException held) {
                System.out.println(held.getMessage());
            }
        }
    }
}
