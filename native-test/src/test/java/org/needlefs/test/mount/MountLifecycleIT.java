package org.needlefs.test.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.Repository;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.Programs;

/** Mounts in the background, as a user does; ends only processes that it started. */
final class MountLifecycleIT {
    private static final long END_SECONDS_MAX = 120;
    private static final int CHUNK_SIZE_BYTES = 5 << 20;

    private Path work = Path.of("");
    private Path data = Path.of("");
    private Path mountpoint = Path.of("");

    @BeforeEach
    void makeFolders() throws IOException {
        work = TestFileSystem.workDirectory("needlefs-lifecycle-");
        data = work.resolve("data");
        mountpoint = Files.createDirectory(work.resolve("mnt"));
    }

    @AfterEach
    void leaveNothing() throws IOException {
        daemon().ifPresent(ProcessHandle::destroyForcibly);
        for (String line : mountLines()) {
            Programs.in(Path.of("/")).run("umount", "-l", line.split(" ", -1)[4]);
        }
        Programs.in(Path.of("/")).run("rm", "-rf", "--one-file-system", work.toString());
    }

    private Programs.Outcome needlefs(String... arguments) {
        String[] command = Stream.concat(Stream.of(Repository.needlefs()), Stream.of(arguments))
                .toArray(String[]::new);
        return Programs.in(Path.of("/")).attempt(command);
    }

    private Programs.Outcome mount() {
        return needlefs("mount", "--embedded", data.toString(), mountpoint.toString());
    }

    private void mountOrFail() {
        Programs.Outcome mounted = mount();
        assertThat(mounted.exitCode()).as(mounted.toString()).isZero();
    }

    private List<String> mountLines() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.split(" ", -1)[4].startsWith(work.toString()))
                    .toList();
        }
    }

    /** The process that last had the data directory; its number is in the lock file. */
    private Optional<ProcessHandle> daemon() throws IOException {
        Path file = data.resolve("needlefs.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        long pid = Long.parseLong(Files.readString(file).strip());
        return pid == ProcessHandle.current().pid()
                ? Optional.empty()
                : ProcessHandle.of(pid)
                        .filter(process -> process.info()
                                .commandLine()
                                .map(line -> line.contains(data.toString()))
                                .orElse(false));
    }

    private void awaitEnd(ProcessHandle process) throws InterruptedException, ExecutionException, TimeoutException {
        ProcessHandle _ = process.onExit().get(END_SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Test
    void mountReturnsWhenItCanBeUsedAndUmountWhenAllIsStoredAndTheProcessIsGone() throws IOException {
        mountOrFail();
        ProcessHandle daemon = daemon().orElseThrow();
        Files.writeString(mountpoint.resolve("file"), "hello");

        Programs.Outcome unmounted = needlefs("umount", mountpoint.toString());

        assertThat(unmounted.exitCode()).as(unmounted.toString()).isZero();
        assertThat(daemon.isAlive()).isFalse();
        assertThat(mountLines()).isEmpty();
        assertThat(mountpoint.resolve("file")).doesNotExist();
        mountOrFail();
        assertThat(mountpoint.resolve("file")).hasContent("hello");
    }

    @Test
    void sigtermStoresEverythingAndUnmounts() throws Exception {
        mountOrFail();
        Files.writeString(mountpoint.resolve("file"), "kept");
        ProcessHandle daemon = daemon().orElseThrow();

        assertThat(daemon.destroy()).isTrue();
        awaitEnd(daemon);

        assertThat(mountLines()).isEmpty();
        mountOrFail();
        assertThat(mountpoint.resolve("file")).hasContent("kept");
    }

    private Process foreground() throws IOException {
        Process process = new ProcessBuilder(
                        Repository.needlefs(),
                        "mount",
                        "--foreground",
                        "--say-ready",
                        "--embedded",
                        data.toString(),
                        mountpoint.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        assertThat(said.readLine()).isEqualTo("ready");
        return process;
    }

    @Test
    void aMountThatStoredEverythingExitsWithZeroBySignalAndByUmount() throws Exception {
        Process signalled = foreground();
        try {
            Files.writeString(mountpoint.resolve("file"), "kept");
            signalled.destroy();
            assertThat(signalled.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(signalled.exitValue()).as("SIGTERM").isZero();
        } finally {
            signalled.destroyForcibly();
        }
        assertThat(mountLines()).isEmpty();
        assertThat(data.resolve("admin.sock")).doesNotExist();
        assertThat(data.resolve("running"))
                .as("the mark of a run that did not end well")
                .doesNotExist();

        Process unmounted = foreground();
        try {
            assertThat(mountpoint.resolve("file")).hasContent("kept");
            assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();
            assertThat(unmounted.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(unmounted.exitValue()).as("umount").isZero();
        } finally {
            unmounted.destroyForcibly();
        }
    }

    @Test
    void theFilesOfAStoppedNodeAreVerifiedDumpedExtractedAndIndexedAnew() throws IOException {
        mountOrFail();
        byte[] large = new byte[6_000_011];
        new Random(7).nextBytes(large);
        Path folder = Files.createDirectory(mountpoint.resolve("folder"));
        Files.write(folder.resolve("large"), large);
        Files.writeString(folder.resolve("small"), "few bytes");
        long pid = daemon().orElseThrow().pid();
        for (String what : List.of("dump", "verify", "rebuild-index")) {
            Programs.Outcome refused = needlefs("inspect", what, data.toString());
            assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.errors().lines()).hasSize(1);
            assertThat(refused.errors()).contains("process " + pid);
        }
        assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();

        Programs.Outcome verified = needlefs("inspect", "verify", data.toString(), "--json");
        assertThat(verified.exitCode()).as(verified.toString()).isZero();
        assertThat(verified.output()).contains("\"damageCount\" : 0").contains("\"liveObjectCount\" : 2");

        List<String> records =
                needlefs("inspect", "dump", data.toString()).output().lines().toList();
        assertThat(records).hasSizeGreaterThanOrEqualTo(2).anyMatch(line -> line.endsWith("  live"));
        Path out = Files.createDirectory(work.resolve("out"));
        // Pieces are stored in parallel, in any order: this is the first one of the file.
        String object = records.stream()
                .filter(line -> line.contains("  " + CHUNK_SIZE_BYTES + "  "))
                .map(line -> line.split("  ", -1)[3])
                .findFirst()
                .orElseThrow();
        Programs.Outcome extracted = needlefs(
                "inspect",
                "extract",
                data.toString(),
                "/folder/large",
                "/folder/small",
                object,
                "--to",
                out.toString());
        assertThat(extracted.exitCode()).as(extracted.toString()).isZero();
        assertThat(out.resolve("large")).hasBinaryContent(large);
        assertThat(out.resolve("small")).hasContent("few bytes");
        assertThat(out.resolve(object)).hasBinaryContent(Arrays.copyOf(large, CHUNK_SIZE_BYTES));
        assertThat(needlefs("inspect", "extract", data.toString(), "/folder/small")
                        .output())
                .isEqualTo("few bytes");
        Programs.Outcome missing = needlefs("inspect", "extract", data.toString(), "/none");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.errors()).contains("/none: no such file");

        Programs.Outcome rebuilt = needlefs("inspect", "rebuild-index", data.toString());
        assertThat(rebuilt.exitCode()).as(rebuilt.toString()).isZero();
        mountOrFail();
        assertThat(folder.resolve("large")).hasBinaryContent(large);
        assertThat(folder.resolve("small")).hasContent("few bytes");
        assertThat(needlefs("fsck", mountpoint.toString()).exitCode()).isZero();
    }

    @Test
    void gcOnAMountFindsNothingWhereEverythingIsReferred() throws IOException {
        mountOrFail();
        Files.write(mountpoint.resolve("file"), new byte[100_000]);
        for (String[] how : new String[][] {{"--dry-run"}, {}}) {
            Programs.Outcome collected =
                    needlefs(Stream.concat(Stream.of("gc", mountpoint.toString(), "--json"), Stream.of(how))
                            .toArray(String[]::new));
            assertThat(collected.exitCode()).as(collected.toString()).isZero();
            assertThat(collected.output()).contains("\"unreferencedObjectCount\" : 0");
        }
        assertThat(mountpoint.resolve("file")).hasSize(100_000);
    }

    @Test
    void sigtermDetachesWhatIsInUse() throws Exception {
        mountOrFail();
        Path file = mountpoint.resolve("open");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("written".getBytes(StandardCharsets.UTF_8)));
            ProcessHandle daemon = daemon().orElseThrow();
            assertThat(daemon.destroy()).isTrue();
            awaitEnd(daemon);
            assertThat(mountLines()).isEmpty();
        } catch (IOException gone) {
            assertThat(gone).hasMessageContaining("not connected"); // closing what is detached
        }
        mountOrFail();
        assertThat(file).hasContent("written");
    }

    @Test
    void whatSigkillLeavesIsCleanedUpByTheNextMount() throws Exception {
        mountOrFail();
        Files.writeString(mountpoint.resolve("file"), "survives");
        ProcessHandle daemon = daemon().orElseThrow();

        assertThat(daemon.destroyForcibly()).isTrue();
        awaitEnd(daemon);
        assertThat(mountLines()).as("a killed process leaves its mount").hasSize(1);

        mountOrFail();
        assertThat(mountLines()).hasSize(1);
        assertThat(mountpoint.resolve("file")).hasContent("survives");
    }

    @Test
    void whatSigkillLeavesIsRemovedByUmount() throws Exception {
        mountOrFail();
        ProcessHandle daemon = daemon().orElseThrow();
        assertThat(daemon.destroyForcibly()).isTrue();
        awaitEnd(daemon);

        assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();
        assertThat(mountLines()).isEmpty();
    }

    @Test
    void theSameDataIsNotMountedTwiceAndTheRefusalNamesTheProcess() throws IOException {
        mountOrFail();
        Path second = Files.createDirectory(work.resolve("second"));

        Programs.Outcome refused = needlefs("mount", "--embedded", data.toString(), second.toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors().lines()).hasSize(1);
        assertThat(refused.errors())
                .contains(data.toString())
                .contains(Long.toString(daemon().orElseThrow().pid()));
        assertThat(mountLines()).hasSize(1);
        Programs.Outcome again = mount();
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.errors()).contains("is mounted already");
    }

    @Test
    void aBusyMountIsNotUnmountedAndTheRefusalNamesWhoUsesIt() throws IOException {
        mountOrFail();
        Path file = Files.writeString(mountpoint.resolve("file"), "busy");
        try (FileChannel _ = FileChannel.open(file, StandardOpenOption.READ)) {
            Programs.Outcome refused = needlefs("umount", mountpoint.toString());
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.errors().lines()).hasSize(1);
            assertThat(refused.errors())
                    .contains(Long.toString(ProcessHandle.current().pid()));
            assertThat(file).hasContent("busy");
        }
        assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();
    }

    @Test
    void aMountThatCanNotBeIsRefusedWithItsReasonInOneLine() throws IOException {
        Files.createDirectory(data);
        Files.writeString(data.resolve("needlefs.format"), "rubbish\n");

        Programs.Outcome refused = mount();

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors().lines()).hasSize(1);
        assertThat(refused.errors()).contains("needlefs.format is damaged");
        assertThat(mountLines()).isEmpty();
    }

    @Test
    void eachBindingMountsAndStores() throws IOException {
        for (String binding : List.of("kernel", "jnr")) {
            Programs.Outcome mounted =
                    needlefs("mount", "--embedded", data.toString(), mountpoint.toString(), "-o", "fuse=" + binding);
            assertThat(mounted.exitCode()).as(mounted.toString()).isZero();
            Files.writeString(mountpoint.resolve(binding), binding);
            assertThat(needlefs("fsck", mountpoint.toString()).exitCode()).isZero();
            assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();
        }
        mountOrFail();
        assertThat(mountpoint.resolve("kernel")).hasContent("kernel");
        assertThat(mountpoint.resolve("jnr")).hasContent("jnr");
    }

    @Test
    void aReadOnlyMountShowsAndRefusesToChange() throws IOException {
        mountOrFail();
        Files.writeString(mountpoint.resolve("file"), "read me");
        assertThat(needlefs("umount", mountpoint.toString()).exitCode()).isZero();

        assertThat(needlefs("mount", "--embedded", data.toString(), mountpoint.toString(), "-o", "ro")
                        .exitCode())
                .isZero();

        assertThat(mountpoint.resolve("file")).hasContent("read me");
        assertThat(Programs.in(work)
                        .attempt("touch", mountpoint.resolve("new").toString())
                        .errors())
                .contains("Read-only");
    }

    @Test
    void statusFindsTheMountByEveryNameItHas() throws IOException {
        mountOrFail();
        Path inside = Files.createDirectory(mountpoint.resolve("folder"));
        for (Path name : List.of(mountpoint, inside, data)) {
            Programs.Outcome status = needlefs("status", name.toString(), "--json");
            assertThat(status.exitCode()).as(status.toString()).isZero();
            assertThat(status.output()).contains("\"mountpoint\" : \"" + mountpoint + "\"");
        }
    }
}
