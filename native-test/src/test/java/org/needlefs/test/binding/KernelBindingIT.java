package org.needlefs.test.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.needlefs.test.system.LinuxCalls.done;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.Operation;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.Flags;
import org.needlefs.test.system.LinuxCalls;

final class KernelBindingIT {
    @Test
    void programsMakeListRenameReadAndWriteFiles() throws IOException {
        try (NullMount mount = NullMount.mount()) {
            String said = mount.programs().shell("""
                            mkdir d && printf hello > d/f && mv d/f d/g && ln d/g d/h && ln -s g d/s
                            stat -c '%s %h %F' d/g && readlink d/s && ls d && wc -c < d/g && rm d/h && stat -c %h d/g
                            truncate -s 3M d/g && cmp -n 3145728 d/g /dev/zero && mkfifo d/p && rm -r d && ls -A
                            """);
            assertThat(said).isEqualTo("5 2 regular file\ng\ng\nh\ns\n5\n1");
        }
    }

    @Test
    void aDirectoryOfManyEntriesIsListedWholeAndTwice() throws IOException {
        try (NullMount mount = NullMount.mount()) {
            String said = mount.programs()
                    .shell(
                            "mkdir d && cd d && seq 5000 | xargs touch && ls | wc -l && ls -l | wc -l && rm 7 && ls | wc -l");
            assertThat(said).isEqualTo("5000\n5001\n4999");
        }
    }

    @Test
    void unmountWaitsForTheEndAndRefusesWhileAFileIsOpen() throws Exception {
        try (NullMount mount = NullMount.mount()) {
            LinuxCalls calls = mount.calls();
            int file = calls.opened("f", Flags.O_RDWR | Flags.O_CREAT, 0644);
            assertThatThrownBy(() -> mount.mounted().unmount()).hasMessageContaining("busy");
            assertThat(mount.mounted().isAlive()).isTrue();
            done("close", calls.close(file));
            mount.mounted().unmount();
            assertThat(mount.mounted().isAlive()).isFalse();
            mount.mounted().awaitEnd();
            mount.mounted().unmount();
            try (Stream<Path> left = Files.list(mount.directory())) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void aMountIsNotMountedOverAndAReadOnlyOneRefusesWrites() throws IOException {
        try (NullMount mount = NullMount.mount(MountFlag.READ_ONLY)) {
            assertThat(mount.calls().mkdir("d", 0755)).isEqualTo(-30);
            assertThatThrownBy(() -> NullMount.on(mount.directory())).hasMessageContaining("mounted already");
        }
    }

    @Test
    void aMountWhoseProcessDiedIsReplaced() throws Exception {
        Path directory = TestFileSystem.workDirectory("needlefs-dead");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NullMount.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.equals("mounted")) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo("mounted");
        } finally {
            int unused = process.destroyForcibly().waitFor();
        }
        int notConnected = -107;
        assertThat(LinuxCalls.below(directory.toString()).status(".").error()).isEqualTo(notConnected);
        try (NullMount mount = NullMount.on(directory)) {
            assertThat(mount.programs().shell("touch alive && ls")).isEqualTo("alive");
        }
    }

    @Test
    void whatIsWrongWithAMountpointIsSaid() throws IOException {
        Path file = Files.createTempFile("needlefs", "file");
        try {
            assertThatThrownBy(() -> NullMount.on(file)).hasMessageContaining("not a directory");
            assertThatThrownBy(() -> NullMount.on(file.resolveSibling("needlefs-no-such-directory")))
                    .hasMessageContaining("needlefs-no-such-directory");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aFileOpenedToBeReadIsClosedWithoutARequestToFlush() throws IOException {
        try (NullMount mount = NullMount.mount()) {
            mount.programs().shell("printf x > f; for i in $(seq 20); do cat f > /dev/null; done");
            assertThat(count(mount, Operation.OPEN)).isGreaterThanOrEqualTo(20);
            assertThat(count(mount, Operation.FLUSH)).isLessThan(10);
        }
    }

    private static long count(NullMount mount, Operation operation) {
        return mount.mounted().statistics().lines().stream()
                .filter(line -> line.operation() == operation)
                .mapToLong(RequestStatistics.Line::count)
                .sum();
    }
}
