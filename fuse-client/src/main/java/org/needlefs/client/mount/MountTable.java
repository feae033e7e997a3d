package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts that the kernel knows, and which of them are ours: their type is {@code fuse.needlefs} and their source the
 * data directory. A mount whose process was killed is still listed. Pure but for reading /proc.
 */
public final class MountTable {
    static final String TYPE = "fuse.needlefs";
    private static final Path MOUNT_INFO = Path.of("/proc/self/mountinfo");

    /** @param source what the mount names as its device; ours name their data directory */
    public record Entry(Path mountpoint, String type, String source) {
        public boolean isNeedleFs() {
            return type.equals(TYPE) && source.startsWith("/");
        }

        public Path dataDirectory() {
            return Path.of(source);
        }
    }

    private final List<Entry> entries;

    private MountTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    public static MountTable read() throws IOException {
        // A name that is no UTF-8 must not keep us from reading the others.
        return parse(new String(Files.readAllBytes(MOUNT_INFO), StandardCharsets.UTF_8)
                .lines()
                .toList());
    }

    /** proc_pid_mountinfo(5): the mountpoint is the fifth field; type and source follow a lone dash. */
    static MountTable parse(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(" ");
            int dash = List.of(fields).indexOf("-");
            if (dash > 4 && fields.length > dash + 2) {
                entries.add(new Entry(
                        Path.of(unescape(fields[4])), unescape(fields[dash + 1]), unescape(fields[dash + 2])));
            }
        }
        return new MountTable(entries);
    }

    public List<Entry> needleFs() {
        return entries.stream().filter(Entry::isNeedleFs).toList();
    }

    /** What is mounted exactly there, the last one where there are several; {@code path} is absolute. */
    public Optional<Entry> at(Path path) {
        return entries.reversed().stream()
                .filter(entry -> entry.mountpoint().equals(path))
                .findFirst();
    }

    /** The innermost mount that {@code path} is on, if it is one of ours; {@code path} is absolute and normal. */
    public Optional<Entry> containing(Path path) {
        Optional<Entry> innermost = Optional.empty();
        for (Entry entry : entries) {
            boolean closer = innermost.isEmpty()
                    || entry.mountpoint().getNameCount()
                            >= innermost.get().mountpoint().getNameCount();
            if (path.startsWith(entry.mountpoint()) && closer) {
                innermost = Optional.of(entry);
            }
        }
        return innermost.filter(Entry::isNeedleFs);
    }

    public Optional<Entry> ofDataDirectory(Path dataDirectory) {
        return needleFs().stream()
                .filter(entry -> entry.dataDirectory().equals(dataDirectory))
                .findFirst();
    }

    /** The data directory that {@code place} is, or that is mounted where it is. */
    public Path dataDirectoryOf(Path place) throws IOException {
        Path path = Mountpoint.canonical(place, this);
        return containing(path).map(Entry::dataDirectory).orElse(path);
    }

    /** {@code place} as seen from the root of the mount that it is on; the root where it is on none. */
    public String inside(Path place) throws IOException {
        Path path = Mountpoint.canonical(place, this);
        return containing(path)
                .map(entry -> "/" + entry.mountpoint().relativize(path))
                .orElse("/");
    }

    /** The kernel writes space, tab, line feed and backslash as a backslash and three octal digits. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            char next = field.charAt(at);
            if (next == '\\'
                    && at + 3 < field.length()
                    && field.substring(at + 1, at + 4).matches("[0-7]{3}")) {
                text.append((char) Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 3;
            } else {
                text.append(next);
            }
        }
        return text.toString();
    }
}
