package org.needlefs.client.mount;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts a mount in the background: a process of its own session that outlives this one, and returns only when a stat
 * through the mount has answered. The process says on its standard output that it is ready, or why it is not.
 */
public final class Launcher {
    /** The first word that a mount says when it is ready; otherwise it says why it is not. */
    public static final String READY = "ready";

    private static final long READY_SECONDS_MAX = 300;
    private static final long STAT_SECONDS_MAX = 30;
    private static final long ERROR_FILE_BYTES_MAX = 1 << 20;

    private Launcher() {}

    /**
     * @param command the program and its arguments
     * @param logFolder gets what the process says on standard error, which should be nothing
     * @return the number of the process. @throws IOException it is not mounted, and why
     */
    public static long start(List<String> command, Path mountpoint, Path logFolder) throws IOException {
        Path errors = Files.createDirectories(logFolder).resolve("mount.err");
        if (Files.exists(errors) && Files.size(errors) > ERROR_FILE_BYTES_MAX) {
            Files.delete(errors);
        }
        List<String> inSession = new ArrayList<>(List.of("setsid", "--"));
        inSession.addAll(command);
        Process process = new ProcessBuilder(inSession)
                .directory(Path.of("/").toFile()) // or the folder that we were started from could never be unmounted
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        String said = within(READY_SECONDS_MAX, "the mount's process says nothing; see " + logFolder, () -> {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            return line == null ? "" : line;
        });
        if (!said.equals(READY)) {
            throw new IOException(said.isEmpty() ? "the mount's process ended without a word; see " + errors : said);
        }
        var ignored = within(STAT_SECONDS_MAX, mountpoint + " is mounted but does not answer; see " + logFolder, () -> {
            if (MountTable.read()
                    .at(mountpoint)
                    .filter(MountTable.Entry::isNeedleFs)
                    .isEmpty()) {
                throw new IOException("the kernel does not list " + mountpoint + " as a mount of ours");
            }
            return Files.getAttribute(mountpoint, "unix:ino").toString();
        });
        return process.pid();
    }

    private interface Answer {
        String get() throws IOException;
    }

    /** A thread of its own, given up on after some time: what it waits for may never come. */
    private static String within(long seconds, String otherwise, Answer answer) throws IOException {
        CompletableFuture<String> future = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                future.complete(answer.get());
            } catch (IOException refused) {
                future.completeExceptionally(refused);
            }
        });
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (TimeoutException _) {
            throw new IOException(otherwise);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the mount", stopped);
        }
    }
}
