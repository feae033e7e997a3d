package org.needlefs.client.tool;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.needlefs.client.mount.MountTable;
import org.needlefs.client.mount.Sizes;
import org.needlefs.cluster.node.RunMarker;

/**
 * Looks at the machine, and at a data directory if one is given, for what would keep a mount from working or make it slow.
 * Changes nothing but a small file in the data directory, which it removes. Threading: one.
 */
public final class Doctor {
    private static final int JAVA_MIN = 25;
    private static final long OPEN_FILES_MIN = 4096;
    private static final long FREE_BYTES_MIN = 1L << 30;
    private static final int SYNC_COUNT = 20;
    private static final double SYNC_MILLIS_WARN = 20;
    private static final Instant EARLIEST_SANE = Instant.parse("2025-01-01T00:00:00Z");

    /** How bad a finding is, from harmless to fatal. */
    public enum Level {
        OK,
        WARN,
        FAIL
    }

    /** @param wayOut what to do about it; empty if there is nothing to do */
    public record Finding(Level level, String what, String found, String wayOut) {}

    private final List<Finding> findings = new ArrayList<>();

    private Doctor() {}

    public static List<Finding> examine(Optional<Path> dataDirectory) {
        Doctor doctor = new Doctor();
        doctor.java();
        doctor.fuse();
        doctor.limits();
        doctor.clock();
        doctor.digest();
        doctor.mounts();
        dataDirectory.ifPresent(doctor::dataDirectory);
        return List.copyOf(doctor.findings);
    }

    private void add(Level level, String what, String found, String wayOut) {
        findings.add(new Finding(level, what, found, level == Level.OK ? "" : wayOut));
    }

    private void java() {
        int version = Runtime.version().feature();
        add(
                version >= JAVA_MIN ? Level.OK : Level.FAIL,
                "java",
                Runtime.version() + " from " + System.getProperty("java.home"),
                "install a JDK " + JAVA_MIN + " or point JAVA_HOME at one");
        boolean allowed = Doctor.class.getModule().isNativeAccessEnabled();
        add(
                allowed ? Level.OK : Level.WARN,
                "native access",
                allowed ? "on" : "off",
                "start with bin/needlefs, or pass --enable-native-access=ALL-UNNAMED");
    }

    private void fuse() {
        Path device = Path.of("/dev/fuse");
        if (!Files.exists(device)) {
            add(
                    Level.FAIL,
                    "/dev/fuse",
                    "missing",
                    "run 'modprobe fuse'; in a container: --device /dev/fuse --cap-add SYS_ADMIN");
        } else {
            boolean usable = Files.isReadable(device) && Files.isWritable(device);
            add(
                    usable ? Level.OK : Level.FAIL,
                    "/dev/fuse",
                    usable ? "usable" : "may not be opened",
                    "chmod 666 /dev/fuse");
        }
        Optional<Path> helper = onPath("fusermount3");
        add(
                helper.isPresent() ? Level.OK : Level.WARN,
                "fusermount3",
                helper.map(Path::toString).orElse("missing"),
                "apt-get install fuse3 (users other than root can't mount without it)");
        Optional<Path> library = libfuse2();
        add(
                library.isPresent() ? Level.OK : Level.WARN,
                "libfuse 2",
                library.map(Path::toString).orElse("missing"),
                "apt-get install libfuse2 (only -o fuse=jnr needs it)");
        String kernel = System.getProperty("os.version", "?");
        add(
                atLeast(kernel, 4, 20) ? Level.OK : Level.WARN,
                "kernel",
                kernel,
                "Linux 4.20 or newer has the FUSE protocol 7.28 that -o fuse=kernel is made for");
    }

    private void limits() {
        String line = firstLine(Path.of("/proc/self/limits"), "Max open files");
        String[] fields = line.split("\\s{2,}", -1);
        String soft = fields.length > 1 ? fields[1] : "?";
        boolean enough = soft.equals("unlimited") || (soft.matches("\\d+") && Long.parseLong(soft) >= OPEN_FILES_MIN);
        add(enough ? Level.OK : Level.WARN, "open files", soft, "ulimit -n " + OPEN_FILES_MIN);
        long memoryBytes = Runtime.getRuntime().maxMemory();
        add(Level.OK, "heap of this command", Sizes.format(memoryBytes), "");
    }

    private void clock() {
        Instant now = Instant.now();
        add(
                now.isAfter(EARLIEST_SANE) ? Level.OK : Level.FAIL,
                "clock",
                now.toString(),
                "set the clock: files would get times in the past");
    }

    private void digest() {
        Digests.Kind kind = Digests.kind();
        add(
                kind.isNative() ? Level.OK : Level.WARN,
                "SHA-256",
                String.format(Locale.ROOT, "%s, %.1f GB/s", kind.description(), kind.gigabytesPerSecond()),
                "Bouncy Castle's native code did not load: writing large files costs more CPU");
    }

    private void mounts() {
        try {
            for (MountTable.Entry entry : MountTable.read().needleFs()) {
                boolean served = org.needlefs.client.admin.AdminClient.connect(entry.dataDirectory())
                        .isPresent();
                add(
                        served ? Level.OK : Level.FAIL,
                        "mount " + entry.mountpoint(),
                        served ? "served from " + entry.source() : "its process is gone",
                        "needlefs umount " + entry.mountpoint() + ", or mount it again");
            }
        } catch (IOException unreadable) {
            add(Level.WARN, "mounts", String.valueOf(unreadable.getMessage()), "run this as the user who mounted");
        }
    }

    private void dataDirectory(Path directory) {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            add(
                    Level.FAIL,
                    "data " + directory,
                    Files.exists(directory) ? "may not be written to" : "missing",
                    "make it with 'needlefs format " + directory + "', or run this as its owner");
            return;
        }
        try {
            FileStore store = Files.getFileStore(directory);
            long freeBytes = store.getUsableSpace();
            add(
                    freeBytes >= FREE_BYTES_MIN ? Level.OK : Level.WARN,
                    "free space",
                    Sizes.format(freeBytes) + " of " + Sizes.format(store.getTotalSpace()) + " on " + store.type(),
                    "delete something, then 'needlefs compact start'");
            lastRun(directory);
            double syncMillis = syncMillis(directory);
            add(
                    syncMillis < SYNC_MILLIS_WARN ? Level.OK : Level.WARN,
                    "fsync",
                    String.format(Locale.ROOT, "%.2f ms", syncMillis),
                    "this disk makes every fsync wait: put the data on a faster one");
        } catch (IOException broken) {
            add(Level.FAIL, "data " + directory, String.valueOf(broken.getMessage()), "the disk refuses to be used");
        }
    }

    private void lastRun(Path directory) throws IOException {
        boolean served =
                org.needlefs.client.admin.AdminClient.connect(directory).isPresent();
        switch (RunMarker.lastRun(directory)) {
            case CLOSED -> add(Level.OK, "last run", "closed cleanly, or there was none", "");
            case DIED_IN_THIS_BOOT ->
                add(
                        served ? Level.OK : Level.WARN,
                        "last run",
                        served ? "goes on" : "its process died; the kernel kept what it wrote",
                        "nothing is lost; the next mount marks it as ended");
            case DIED_IN_ANOTHER_BOOT ->
                add(
                        Level.WARN,
                        "last run",
                        "ended by a power cut or a crash of the kernel: the marker has another boot id",
                        "the next mount makes index and state anew from the logs, which takes longer");
        }
    }

    /** The median of some small synced writes. */
    private static double syncMillis(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, ".doctor", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer block = arena.allocate(4096).asByteBuffer();
            List<Long> nanos = new ArrayList<>();
            for (int count = 0; count < SYNC_COUNT; count++) {
                long started = System.nanoTime();
                channel.write(block.rewind());
                channel.force(false);
                nanos.add(System.nanoTime() - started);
            }
            nanos.sort(Long::compare);
            return nanos.get(SYNC_COUNT / 2) / 1e6;
        } finally {
            Files.delete(file);
        }
    }

    private static Optional<Path> onPath(String program) {
        String folders = System.getenv("PATH") == null ? "/usr/bin:/bin" : System.getenv("PATH");
        return Stream.of(folders.split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> libfuse2() {
        for (String folder : List.of("/lib", "/usr/lib", "/usr/local/lib")) {
            try (Stream<Path> files = Files.find(Path.of(folder), 2, (path, _) -> path.endsWith("libfuse.so.2"))) {
                Optional<Path> found = files.findFirst();
                if (found.isPresent()) {
                    return found;
                }
            } catch (IOException | java.io.UncheckedIOException _) {
                // A folder that can't be read has no library for us.
            }
        }
        return Optional.empty();
    }

    static boolean atLeast(String version, int major, int minor) {
        String[] numbers = version.split("[^0-9]+", -1);
        if (numbers.length < 2 || numbers[0].isEmpty()) {
            return false;
        }
        int actual = Integer.parseInt(numbers[0]);
        return actual > major || (actual == major && Integer.parseInt(numbers[1]) >= minor);
    }

    private static String firstLine(Path file, String start) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(start)).findFirst().orElse("");
        } catch (IOException _) {
            return "";
        }
    }
}
