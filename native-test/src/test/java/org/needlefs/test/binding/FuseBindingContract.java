package org.needlefs.test.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.needlefs.test.system.LinuxCalls.done;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.DirectoryEntry;
import org.needlefs.test.system.ErrorNumber;
import org.needlefs.test.system.FileStatus;
import org.needlefs.test.system.Flags;
import org.needlefs.test.system.LinuxCalls;

/** What every binding to the kernel does, shown by system calls on a mount of a filesystem in memory. */
abstract class FuseBindingContract {
    private static final int CREATE = Flags.O_CREAT | Flags.O_RDWR;
    private static final int FILE_MODE = 0644;

    private final MemoryFileSystem filesystem = new MemoryFileSystem();
    private final Set<Integer> open = ConcurrentHashMap.newKeySet();
    private Path mountpoint;
    private Mounted mounted;
    private LinuxCalls calls;

    abstract FuseMount binding();

    @BeforeEach
    void mount() throws IOException {
        mountpoint = TestFileSystem.workDirectory("needlefs-binding-");
        mounted = binding().mount(mountpoint, MountOptions.named("contract"), filesystem);
        calls = LinuxCalls.below(mountpoint.toString());
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        // A test that failed left files open, and those would keep the mount alive.
        List.copyOf(open).forEach(this::close);
        mounted.detach();
        mounted.awaitEnd();
        Files.delete(mountpoint);
    }

    @Test
    void aMountIsThereWhenMountReturnsAndGoneWhenUnmountReturns() throws IOException {
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(" " + mountpoint + " ");
        assertThat(mounted.isAlive()).isTrue();
        mounted.unmount();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(" " + mountpoint + " ");
        assertThat(mounted.isAlive()).isFalse();
        mounted.unmount();
    }

    @Test
    void aMountInUseIsNotUnmountedAndServesOn() throws IOException {
        int file = opened("file", CREATE, FILE_MODE);
        assertThatThrownBy(mounted::unmount).isInstanceOf(IOException.class);
        assertThat(calls.write(file, new byte[10])).isEqualTo(10);
        close(file);
        mounted.unmount();
        assertThat(mounted.isAlive()).isFalse();
    }

    @Test
    void aDetachedMountServesWhatIsOpenUntilItIsClosed() throws IOException, InterruptedException {
        int file = opened("file", CREATE, FILE_MODE);
        mounted.detach();
        assertThat(calls.status("file").error()).isEqualTo(-ErrorNumber.ENOENT);
        assertThat(calls.write(file, bytes("still here"))).isEqualTo(10);
        assertThat(new String(calls.bytes(file, 0, 100), StandardCharsets.US_ASCII))
                .isEqualTo("still here");
        close(file);
        mounted.awaitEnd();
    }

    @Test
    void aDirectoryThatIsNoneIsRefusedWithItsName() {
        assertThatThrownBy(
                        () -> binding().mount(mountpoint.resolve("absent"), MountOptions.named("contract"), filesystem))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void bytesOfManyRequestsComeBackAsTheyWent() {
        byte[] written = new byte[3_000_017];
        new Random(1).nextBytes(written);
        int file = opened("file", CREATE, FILE_MODE);
        assertThat(calls.pwrite(file, written, 5)).isEqualTo(written.length);
        close(file);
        int again = opened("file", Flags.O_RDONLY, 0);
        byte[] read = calls.bytes(again, 0, written.length + 100);
        assertThat(Arrays.copyOf(read, 5)).containsOnly(0);
        assertThat(Arrays.copyOfRange(read, 5, read.length)).isEqualTo(written);
        close(again);
    }

    @Test
    void twoNamesOfOneFileShowTheSameInodeAndTheSameBytesAtOnce() {
        int file = opened("one", CREATE, FILE_MODE);
        done("link", calls.link("one", "two"));
        assertThat(calls.status("one").links()).isEqualTo(2);
        done("write", calls.write(file, bytes("longer")));
        close(file);
        FileStatus two = calls.status("two");
        assertThat(two.inode()).isEqualTo(calls.status("one").inode());
        assertThat(two.size()).isEqualTo(6);
        done("chmod", calls.chmod("one", 0600));
        assertThat(calls.status("two").permissions()).isEqualTo(0600);
        done("unlink", calls.unlink("one"));
        assertThat(calls.status("two").links()).isEqualTo(1);
    }

    @Test
    void aFileWithoutANameGoesOnUntilItIsClosed() {
        int file = opened("gone", CREATE, FILE_MODE);
        done("write", calls.write(file, bytes("0123456789")));
        done("unlink", calls.unlink("gone"));
        assertThat(calls.status("gone").error()).isEqualTo(-ErrorNumber.ENOENT);
        assertThat(calls.status(file).size()).isEqualTo(10);
        assertThat(calls.status(file).links()).isZero();
        done("ftruncate", calls.ftruncate(file, 4));
        done("fchmod", calls.fchmod(file, 0600));
        assertThat(calls.bytes(file, 0, 10)).isEqualTo(bytes("0123"));
        close(file);
    }

    @Test
    void namesAreBytesThatNeedNotBeText() {
        String name = "no text: \udcff\udcfe" + "x".repeat(240);
        close(opened(name, CREATE, FILE_MODE));
        assertThat(calls.list(".").get()).containsExactly(name);
        assertThat(calls.status(name).isFile()).isTrue();
        assertThat(calls.status("x".repeat(256)).error()).isEqualTo(-ErrorNumber.ENAMETOOLONG);
    }

    @Test
    void aDirectoryOfManyPagesListsEachEntryOnceWithItsInode() {
        done("mkdir", calls.mkdir("many", 0755));
        List<String> names = new ArrayList<>(List.of(".", ".."));
        for (int number = 0; number < 3000; number++) {
            String name = "entry-" + number;
            close(opened("many/" + name, CREATE, FILE_MODE));
            names.add(name);
        }
        int directory = opened("many", Flags.O_RDONLY | Flags.O_DIRECTORY, 0);
        List<DirectoryEntry> listed = new ArrayList<>();
        List<DirectoryEntry> page = calls.readDirectory(directory, 4096).entries();
        while (!page.isEmpty()) {
            listed.addAll(page);
            page = calls.readDirectory(directory, 4096).entries();
        }
        assertThat(listed.stream().map(DirectoryEntry::name)).containsExactlyInAnyOrderElementsOf(names);
        assertThat(listed.stream().map(DirectoryEntry::inode)).allMatch(inode -> inode > 0);
        assertThat(new HashSet<>(listed)).hasSameSizeAs(listed);
        close(directory);
    }

    @Test
    void attributesAreSetOneByOneAndToTheNanosecond() {
        close(opened("file", CREATE, FILE_MODE));
        done("chmod", calls.chmod("file", 04751));
        assertThat(calls.status("file").permissions()).isEqualTo(04751);
        done("chown", calls.chown("file", 12, -1));
        assertThat(calls.status("file").uid()).isEqualTo(12);
        assertThat(calls.status("file").gid()).isZero();
        done("utimensat", calls.setTimes("file", -5, 123_456_789, 1_000_000_000, 987_654_321));
        assertThat(calls.status("file").accessNanos()).isEqualTo(-5_000_000_000L + 123_456_789);
        assertThat(calls.status("file").modifyNanos()).isEqualTo(1_000_000_000_987_654_321L);
        done("utimensat", calls.setTimes("file", 7, 0, 0, Flags.UTIME_OMIT));
        assertThat(calls.status("file").accessNanos()).isEqualTo(7_000_000_000L);
        assertThat(calls.status("file").modifyNanos()).isEqualTo(1_000_000_000_987_654_321L);
        long before = System.currentTimeMillis() - 1000;
        done("utimensat", calls.setTimes("file", 0, Flags.UTIME_OMIT, 0, Flags.UTIME_NOW));
        assertThat(calls.status("file").modifyNanos()).isGreaterThan(before * 1_000_000);
        done("truncate", calls.truncate("file", 77));
        assertThat(calls.status("file").size()).isEqualTo(77);
    }

    @Test
    void everyKindOfNodeIsMadeAndRemoved() {
        done("mkdir", calls.mkdir("directory", 0700));
        done("symlink", calls.symlink("to/nowhere", "symlink"));
        done("mknod", calls.mknod("fifo", Flags.S_IFIFO | 0600, 0));
        done("mknod", calls.mknod("device", Flags.S_IFCHR | 0600, (1 << 8) | 3));
        assertThat(calls.status("directory").isDirectory()).isTrue();
        assertThat(calls.readlink("symlink").get()).isEqualTo("to/nowhere");
        assertThat(calls.status("symlink").size()).isEqualTo(10);
        assertThat(calls.status("fifo").type()).isEqualTo(Flags.S_IFIFO);
        assertThat(calls.status("device").deviceMajor()).isEqualTo(1);
        assertThat(calls.status("device").deviceMinor()).isEqualTo(3);
        done("rename", calls.rename("symlink", "directory/inside"));
        assertThat(calls.rmdir("directory")).isEqualTo(-ErrorNumber.ENOTEMPTY);
        done("unlink", calls.unlink("directory/inside"));
        done("rmdir", calls.rmdir("directory"));
        done("unlink", calls.unlink("fifo"));
        done("unlink", calls.unlink("device"));
        assertThat(calls.list(".").get()).isEmpty();
        assertThat(filesystem.nodeCount()).isEqualTo(1);
    }

    @Test
    void openFlagsReachTheFilesystem() {
        int file = opened("file", CREATE, FILE_MODE);
        done("write", calls.write(file, bytes("abc")));
        int appending = opened("file", Flags.O_WRONLY | Flags.O_APPEND, 0);
        done("write", calls.write(appending, bytes("def")));
        assertThat(calls.bytes(file, 0, 10)).isEqualTo(bytes("abcdef"));
        close(opened("file", Flags.O_WRONLY | Flags.O_TRUNC, 0));
        assertThat(calls.status("file").size()).isZero();
        assertThat(calls.open("file", CREATE | Flags.O_EXCL, FILE_MODE)).isEqualTo(-ErrorNumber.EEXIST);
        close(appending);
        close(file);
    }

    @Test
    void spaceIsAllocatedAndPunched() {
        int file = opened("file", CREATE, FILE_MODE);
        done("write", calls.write(file, bytes("0123456789")));
        int punch = Flags.FALLOC_FL_PUNCH_HOLE | Flags.FALLOC_FL_KEEP_SIZE;
        done("fallocate", calls.fallocate(file, punch, 2, 3));
        assertThat(calls.bytes(file, 0, 10)).isEqualTo(bytes("01\0\0\00056789"));
        done("fallocate", calls.fallocate(file, 0, 0, 100));
        assertThat(calls.status(file).size()).isEqualTo(100);
        assertThat(calls.fallocate(file, Flags.FALLOC_FL_COLLAPSE_RANGE, 0, 4096))
                .isEqualTo(-ErrorNumber.EOPNOTSUPP);
        close(file);
    }

    @Test
    void extendedAttributesAreKept() {
        close(opened("file", CREATE, FILE_MODE));
        byte[] value = new byte[60_000];
        new Random(2).nextBytes(value);
        done("setxattr", calls.setXattr("file", "user.large", value, 0));
        done("setxattr", calls.setXattr("file", "user.small", bytes("1"), Flags.XATTR_CREATE));
        assertThat(calls.setXattr("file", "user.small", bytes("2"), Flags.XATTR_CREATE))
                .isEqualTo(-ErrorNumber.EEXIST);
        assertThat(calls.xattr("file", "user.large").get()).isEqualTo(value);
        assertThat(calls.xattr("file", "user.large", new byte[10])).isEqualTo(-ErrorNumber.ERANGE);
        assertThat(calls.xattr("file", "user.large", new byte[0])).isEqualTo(value.length);
        assertThat(calls.xattrs("file").get()).containsExactlyInAnyOrder("user.large", "user.small");
        done("removexattr", calls.removeXattr("file", "user.small"));
        assertThat(calls.xattr("file", "user.small").error()).isEqualTo(-ErrorNumber.ENODATA);
    }

    @Test
    void withoutExtendedAttributesTheKernelRefusesThemAndAsksOnlyOnce() throws IOException, InterruptedException {
        close(opened("file", CREATE, FILE_MODE));
        mounted.unmount();
        mounted.awaitEnd();
        mounted = binding().mount(mountpoint, MountOptions.named("contract").with(MountFlag.NO_XATTRS), filesystem);
        for (int round = 0; round < 3; round++) {
            assertThat(calls.setXattr("file", "user.a", bytes("1"), 0)).isEqualTo(-ErrorNumber.EOPNOTSUPP);
            assertThat(calls.xattr("file", "user.a").error()).isEqualTo(-ErrorNumber.EOPNOTSUPP);
            assertThat(calls.removeXattr("file", "user.a")).isEqualTo(-ErrorNumber.EOPNOTSUPP);
        }
        // A place that libfuse finds empty is answered by it and not counted here.
        for (RequestStatistics.Line line : mounted.statistics().lines()) {
            switch (line.operation()) {
                case SETXATTR, GETXATTR, LISTXATTR, REMOVEXATTR ->
                    assertThat(line.count()).as(line.operation().name()).isLessThanOrEqualTo(1);
                default -> assertThat(line.count()).isPositive();
            }
        }
        close(opened("file", Flags.O_RDONLY, 0));
    }

    @Test
    @Timeout(
            value = 120,
            threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a lock that never goes must not hang the suite
    void recordLocksOfTwoOpenFilesExcludeEachOtherByRange() {
        int one = opened("file", CREATE, FILE_MODE);
        int two = opened("file", Flags.O_RDWR, 0);
        done("lock", calls.lock(one, Flags.F_OFD_SETLK, Flags.F_WRLCK, 10, 10));
        assertThat(calls.lock(two, Flags.F_OFD_SETLK, Flags.F_RDLCK, 15, 1)).isEqualTo(-ErrorNumber.EAGAIN);
        done("lock", calls.lock(two, Flags.F_OFD_SETLK, Flags.F_WRLCK, 20, 0));
        done("unlock", calls.lock(one, Flags.F_OFD_SETLK, Flags.F_UNLCK, 15, 5));
        done("lock", calls.lock(two, Flags.F_OFD_SETLK, Flags.F_RDLCK, 15, 1));
        close(one);
        // The kernel tells a FUSE filesystem of a last close behind its back (RELEASE has no answer to wait for), so
        // the
        // lock may go a moment after close returned: whoever waits for it gets it.
        done("lock", calls.lock(two, Flags.F_OFD_SETLKW, Flags.F_WRLCK, 0, 0));
        close(two);
    }

    @Test
    void aFlockWaitsUntilTheOtherFileIsClosed() throws Exception {
        int one = opened("file", CREATE, FILE_MODE);
        int two = opened("file", Flags.O_RDWR, 0);
        done("flock", calls.flock(one, Flags.LOCK_EX));
        assertThat(calls.flock(two, Flags.LOCK_SH | Flags.LOCK_NB)).isEqualTo(-ErrorNumber.EAGAIN);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<Long> waiting = executor.submit(() -> calls.flock(two, Flags.LOCK_EX));
            close(one);
            assertThat(waiting.get()).isZero();
        }
        close(two);
    }

    @Test
    void figuresOfTheFilesystemAreShown() throws IOException {
        assertThat(Files.getFileStore(mountpoint).getTotalSpace()).isEqualTo(1L << 30);
        assertThat(Files.getFileStore(mountpoint).getUsableSpace()).isEqualTo(1L << 29);
        assertThat(Files.getFileStore(mountpoint).name()).isEqualTo("contract");
    }

    @Test
    void manyThreadsAtOnceEachSeeTheirOwnFiles() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> threads = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String prefix = "thread-" + thread + "-";
                threads.add(executor.submit(() -> writeReadAndRemove(prefix, 100)));
            }
            for (Future<Integer> thread : threads) {
                assertThat(thread.get()).isEqualTo(100);
            }
        }
        assertThat(filesystem.nodeCount()).isEqualTo(1);
        assertThat(mounted.statistics().totalCount()).isGreaterThan(8 * 100 * 4);
    }

    private int opened(String path, int flags, int mode) {
        int file = calls.opened(path, flags, mode);
        open.add(file);
        return file;
    }

    private void close(int file) {
        open.remove(file);
        done("close", calls.close(file));
    }

    private int writeReadAndRemove(String prefix, int countMax) {
        for (int count = 0; count < countMax; count++) {
            String name = prefix + count;
            byte[] content = bytes(name.repeat(count + 1));
            int file = opened(name, CREATE, FILE_MODE);
            done("write", calls.write(file, content));
            if (!Arrays.equals(calls.bytes(file, 0, content.length + 1), content)) {
                return count;
            }
            close(file);
            done("unlink", calls.unlink(name));
        }
        return countMax;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
