package org.needlefs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as it is called, in this process. */
final class CommandLineTest {
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void catchOutput() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveOutputBack() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(Main.run("--version")).isZero();
        assertThat(said()).startsWith("needlefs ").contains("Java 25");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "frobnicate",
                "--frobnicate",
                "mount",
                "mount /mnt",
                "mount --embedded",
                "scrub",
                "scrub dance",
                "compact start a b",
                "umount",
                "format",
                "bench",
                "status a b",
                "bench /tmp --files x",
                "bench /tmp --binding kernel",
                "bench --binding macfuse",
                "inspect",
                "inspect dump",
                "inspect extract /tmp",
                "inspect extract /tmp relative",
                "bench /tmp --size big"
            })
    void aCommandLineThatMakesNoSenseIsOneLineAndExitCode2(String line) {
        assertThat(Main.run(line.isEmpty() ? new String[0] : line.split(" ", -1)))
                .isEqualTo(2);
        assertThat(said()).isEmpty();
        assertThat(complained().strip().lines()).hasSize(1).allMatch(text -> text.startsWith("needlefs: "));
    }

    @Test
    void anUnknownMountOptionIsNamedAndNothingIsMade() {
        Path data = folder.resolve("data");
        assertThat(Main.run("mount", "--embedded", data.toString(), folder.toString(), "-o", "ro,fast"))
                .isEqualTo(2);
        assertThat(complained()).contains("'fast'").contains("write_buffer=SIZE");
        assertThat(data).doesNotExist();
    }

    @Test
    void aMountpointThatIsNotThereIsNamedWithTheWayOut() {
        Path missing = folder.resolve("missing");
        assertThat(Main.run("mount", "--embedded", folder.resolve("data").toString(), missing.toString()))
                .isEqualTo(1);
        assertThat(complained()).isEqualTo("needlefs: " + missing + ": no such file or directory\n");
    }

    @Test
    void aFolderThatIsNoFilesystemIsNamed() {
        assertThat(Main.run("status", folder.toString())).isEqualTo(1);
        assertThat(complained().strip())
                .isEqualTo("needlefs: " + folder + " is neither a NeedleFS mount nor a data directory");
        assertThat(Main.run("umount", folder.toString())).isEqualTo(1);
    }

    @Test
    void anErrorIsJsonWhereJsonWasAskedFor() {
        assertThat(Main.run("status", folder.toString(), "--json")).isEqualTo(1);
        assertThat(complained()).contains("\"error\":").contains("\"exitCode\":1");
    }

    @Test
    void formattingRefusesWhatHoldsAFilesystemAndSizesOutOfRange() {
        String data = folder.resolve("data").toString();
        assertThat(Main.run("format", data, "--chunk-size", "1k")).isEqualTo(2);
        assertThat(complained()).contains("chunk size");
        assertThat(Main.run("format", data, "--chunk-size", "1m", "--name", "mine", "--json"))
                .isZero();
        assertThat(said()).contains("\"chunkSizeBytes\" : 1048576").contains("mine");
        assertThat(Main.run("format", data)).isEqualTo(1);
        assertThat(complained()).contains("holds a filesystem");
    }

    @Test
    void aFilesystemThatIsNotMountedIsOpenedForTheCommand() {
        String data = folder.resolve("data").toString();
        assertThat(Main.run("format", data, "--name", "offline")).isZero();
        assertThat(Main.run("status", data, "--json")).isZero();
        assertThat(said()).contains("\"name\" : \"offline\"").contains("\"healthy\"");
        assertThat(Main.run("du", data)).isZero();
        assertThat(Main.run("fsck", data)).isZero();
        assertThat(Main.run("fsck", "--repair", data)).isZero();
        assertThat(Main.run("gc", data, "--dry-run")).isZero();
        assertThat(Main.run("gc", data)).isZero();
        assertThat(said()).contains("unreferenced", "unreferenced objects  0");
    }

    @Test
    void aBenchmarkMeasuresAndLeavesNothingBehind() throws java.io.IOException {
        assertThat(Main.run("bench", folder.toString(), "--size", "2m", "--files", "5"))
                .isZero();
        assertThat(said()).contains("write, 1 MiB blocks").contains("fsync");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void theDoctorFindsSomethingToSayAboutEverything() {
        int exitCode = Main.run("doctor", folder.toString(), "--json");
        assertThat(exitCode).isIn(0, 1);
        for (String what :
                List.of("java", "/dev/fuse", "fusermount3", "clock", "fsync", "SHA-256", "free space", "last run")) {
            assertThat(said()).contains("\"what\" : \"" + what + "\"");
        }
        assertThat(said().contains("\"FAIL\"")).isEqualTo(exitCode == 1);
    }

    @Test
    void theCompletionScriptKnowsEveryCommand() {
        assertThat(Main.run("completion")).isZero();
        assertThat(said()).contains(Main.commandLine().getSubcommands().keySet());
    }

    @Test
    void everyCommandHasHelpAndJsonWhereItPrints() {
        Main.commandLine().getSubcommands().forEach((name, command) -> {
            assertThat(command.getUsageMessage()).contains("--help");
            assertThat(name.equals("completion") || command.getUsageMessage().contains("--json"))
                    .as(name)
                    .isTrue();
        });
    }
}
