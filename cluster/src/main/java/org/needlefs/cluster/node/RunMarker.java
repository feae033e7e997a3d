package org.needlefs.cluster.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells at open how the last run of a node ended, by a small file that holds the boot id of the kernel it runs under.
 *
 * <pre>
 * no file             closed cleanly, all files synced     what Xodus wrote can be trusted
 * same boot id        the process died, the kernel did not  it can: the page cache kept every write
 * another boot id     power cut or crash of the kernel      it cannot
 * </pre>
 *
 * The file is {@value #FILE_NAME}. Threading: confined to the one who opens and closes the node.
 */
public final class RunMarker {
    static final String FILE_NAME = "running";

    /** How the last run ended, or that it has not ended. */
    public enum LastRun {
        CLOSED,
        /** Its process died, or lives. */
        DIED_IN_THIS_BOOT,
        DIED_IN_ANOTHER_BOOT
    }

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Path file;
    private final boolean trusted;

    private RunMarker(Path file, boolean trusted) {
        this.file = file;
        this.trusted = trusted;
    }

    /** Looks and changes nothing. */
    public static LastRun lastRun(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return LastRun.CLOSED;
        }
        boolean sameBoot = Files.readString(file, StandardCharsets.ISO_8859_1)
                .strip()
                .equals(Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip());
        return sameBoot ? LastRun.DIED_IN_THIS_BOOT : LastRun.DIED_IN_ANOTHER_BOOT;
    }

    /** Reads the marker of the last run and sets this one's, durably. The directory must be locked. */
    public static RunMarker take(Path directory) throws IOException {
        return take(
                directory, Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip());
    }

    static RunMarker take(Path directory, String bootId) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        boolean trusted = !Files.exists(file)
                || Files.readString(file, StandardCharsets.ISO_8859_1).strip().equals(bootId);
        if (!trusted) {
            // Should this run be killed before it has mended things, the next one must not take them for good.
            return new RunMarker(file, false);
        }
        write(file, bootId);
        return new RunMarker(file, true);
    }

    /** Whether files that were written and never synced are as the last process left them. */
    public boolean trusted() {
        return trusted;
    }

    /** What could not be trusted has been made anew: from now on only this boot's crash matters. */
    public void mended() throws IOException {
        if (!trusted) {
            write(file, Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip());
        }
    }

    /** After a clean close: makes everything below {@code folders} durable, then takes the marker away. */
    public void remove(List<Path> folders) throws IOException {
        for (Path folder : folders) {
            if (!Files.exists(folder)) {
                continue;
            }
            try (Stream<Path> below = Files.walk(folder)) {
                for (Path each : below.toList()) {
                    sync(each);
                }
            }
        }
        Files.deleteIfExists(file);
        sync(directoryOf(file));
    }

    private static void write(Path file, String bootId) throws IOException {
        Files.writeString(file, bootId + "\n", StandardCharsets.US_ASCII);
        sync(file);
        sync(directoryOf(file));
    }

    private static Path directoryOf(Path file) {
        return file.toAbsolutePath().resolve("..").normalize();
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
