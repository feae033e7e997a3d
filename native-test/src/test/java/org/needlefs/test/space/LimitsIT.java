package org.needlefs.test.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_DIRECTORY;
import static org.needlefs.test.system.Flags.O_RDONLY;
import static org.needlefs.test.system.Flags.O_WRONLY;
import static org.needlefs.test.system.Flags.S_IFREG;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.fixture.TreeState;
import org.needlefs.test.system.LinuxCalls;

/** Names, paths, directories and holes as large as they may be, looked at again after a remount. */
final class LimitsIT {
    private static final int PATH_BYTES = 4_000;

    @SuppressWarnings("NullAway.Init")
    private static TestFileSystem fileSystem;

    @BeforeAll
    static void open() {
        fileSystem = TestFileSystem.open();
    }

    @AfterAll
    static void close() {
        fileSystem.close();
    }

    @Test
    void namesMayHave255BytesOfUtf8() {
        LinuxCalls calls = inNew("names");
        List<String> names = List.of("日".repeat(85), "ü".repeat(127) + "x", "😀".repeat(63) + "abc", "n".repeat(255));
        for (String name : names) {
            assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(255);
            LinuxCalls.done("mkdir", calls.mkdir(name, 0755));
            LinuxCalls.done("mknod", calls.mknod(name + "/" + name, S_IFREG | 0644, 0));
        }
        fileSystem.remount();
        assertThat(calls.list(".").get()).containsExactlyInAnyOrderElementsOf(names);
        names.forEach(name -> assertThat(calls.list(name).get()).containsExactly(name));
    }

    @Test
    void pathsMayHave4000Bytes() {
        LinuxCalls calls = inNew("paths");
        StringBuilder path = new StringBuilder();
        for (int depth = 0; path.length() + 201 < PATH_BYTES; depth++) {
            path.append("d%03d".formatted(depth)).append("x".repeat(195)).append('/');
        }
        String last = "f".repeat(PATH_BYTES - path.length());
        int root = calls.opened(".", O_RDONLY | O_DIRECTORY, 0);
        for (int end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
            LinuxCalls.done("mkdirat", calls.mkdirAt(root, path.substring(0, end), 0755));
        }
        String longest = path + last;
        assertThat(longest).hasSize(PATH_BYTES);
        int file = (int) LinuxCalls.done("openat", calls.openAt(root, longest, O_CREAT | O_WRONLY, 0644));
        assertThat(calls.write(file, longest.getBytes(StandardCharsets.UTF_8))).isEqualTo(PATH_BYTES);
        LinuxCalls.done("close", calls.close(file));
        LinuxCalls.done("close", calls.close(root));
        fileSystem.remount();
        root = calls.opened(".", O_RDONLY | O_DIRECTORY, 0);
        file = (int) LinuxCalls.done("openat", calls.openAt(root, longest, O_RDONLY, 0));
        assertThat(calls.bytes(file, 0, PATH_BYTES + 1))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(longest);
        LinuxCalls.done("close", calls.close(file));
        LinuxCalls.done("close", calls.close(root));
        String deepest = fileSystem.programs().shell("find paths -type f -printf '%f'");
        assertThat(deepest).isEqualTo(last);
    }

    @Test
    void aDirectoryMayHave20000Entries() {
        manyEntries(20_000);
    }

    @Test
    @Tag("full")
    void aDirectoryMayHave100000Entries() {
        manyEntries(100_000);
    }

    private static void manyEntries(int count) {
        LinuxCalls calls = inNew("many" + count);
        for (int number = 0; number < count; number++) {
            LinuxCalls.done("mknod", calls.mknod("entry" + number, S_IFREG | 0644, 0));
        }
        assertThat(new HashSet<>(calls.list(".").get())).hasSize(count);
        fileSystem.remount();
        List<String> names = calls.list(".").get();
        assertThat(names).hasSize(count);
        for (int number = 0; number < count; number += 997) {
            assertThat(calls.status("entry" + number).isFile()).isTrue();
        }
        String listed = fileSystem.programs().shell("ls -f many" + count + " | wc -l");
        assertThat(Integer.parseInt(listed.strip())).isEqualTo(count + 2);
        names.forEach(name -> LinuxCalls.done("unlink", calls.unlink(name)));
        assertThat(calls.list(".").get()).isEmpty();
    }

    @Test
    void sparseFilesTakeNoSpaceInTheirHoles() {
        LinuxCalls calls = inNew("sparse");
        fileSystem
                .programs()
                .shell("truncate -s 10G sparse/file && echo end | dd of=sparse/file bs=1 seek=5G"
                        + " conv=notrunc status=none && cp --sparse=always sparse/file sparse/copy && sync -f sparse");
        fileSystem.remount();
        for (String name : List.of("file", "copy")) {
            assertThat(calls.status(name).size()).isEqualTo(10L << 30);
            assertThat(calls.status(name).blocks() * 512).isBetween(1L, 4L << 20);
            int file = calls.opened(name, O_RDONLY, 0);
            assertThat(calls.bytes(file, 5L << 30, 4))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("end\n");
            assertThat(calls.bytes(file, (5L << 30) - 100, 100)).containsOnly(0);
            LinuxCalls.done("close", calls.close(file));
        }
    }

    @Test
    void hardLinksAreOneFileAfterARemount() {
        LinuxCalls calls = inNew("links");
        fileSystem
                .programs()
                .shell("cd links; echo one > a; ln a b; mkdir d; ln a d/c; ln -s a s; ln s t; echo two >> b");
        TreeState before = TreeState.of(calls);
        fileSystem.remount();
        assertThat(TreeState.of(calls)).isEqualTo(before);
        assertThat(calls.status("d/c").links()).isEqualTo(3);
        assertThat(calls.status("a").inode()).isEqualTo(calls.status("d/c").inode());
        assertThat(calls.status("t").links()).isEqualTo(2);
    }

    private static LinuxCalls inNew(String directory) {
        LinuxCalls.done("mkdir", fileSystem.calls().mkdir(directory, 0755));
        return fileSystem.calls().in(directory);
    }
}
