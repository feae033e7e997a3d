package org.needlefs.test.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs in one directory and waits for them. What a program says goes to files on the local disk, so that one
 * that says much or hangs can't block. Bound: {@value #SECONDS_MAX} s a program, then it is ended and the test fails:
 * a filesystem that hangs must not hang the suite.
 */
public final class Programs {
    private static final long SECONDS_MAX = 600;

    private final Path directory;

    private Programs(Path directory) {
        this.directory = directory;
    }

    public static Programs in(Path directory) {
        return new Programs(directory);
    }

    /** Runs a shell script that must succeed and returns what it said on standard output, without the last newline. */
    public String shell(String script) {
        return run("/bin/bash", "-euo", "pipefail", "-c", script);
    }

    /** Runs a program that must succeed. */
    public String run(String... command) {
        Outcome outcome = attempt(command);
        assertThat(outcome.exitCode())
                .withFailMessage("%s in %s%n%s", String.join(" ", command), directory, outcome)
                .isZero();
        return outcome.output();
    }

    /** Runs a program that may fail. */
    public Outcome attempt(String... command) {
        try {
            Path output = Files.createTempFile("needlefs-program", ".out");
            Path errors = Files.createTempFile("needlefs-program", ".err");
            try {
                return attempt(List.of(command), output, errors);
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Outcome attempt(List<String> command, Path output, Path errors) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(java.util.Map.of("LC_ALL", "C.UTF-8", "TZ", "UTC"));
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                end(process);
                return fail("%s did not end in %d s:%n%s", command, SECONDS_MAX, text(errors));
            }
        } catch (InterruptedException stopped) {
            end(process);
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, stopped);
        }
        return new Outcome(process.exitValue(), text(output), text(errors));
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).stripTrailing();
    }

    /** How a program ended and what it said. */
    public record Outcome(int exitCode, String output, String errors) {
        @Override
        public String toString() {
            return "exit code " + exitCode + System.lineSeparator() + output + System.lineSeparator() + errors;
        }
    }
}
