package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which processes keep a mount busy. Looks at names only and asks the mount nothing, so it can't hang on a dead one. */
final class MountUsers {
    private static final int SHOWN_MAX = 5;

    private MountUsers() {}

    /** "1234 (bash), 1240 (vim)"; empty if none can be seen. */
    static String of(Path mountpoint) {
        List<String> users = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (users.size() < SHOWN_MAX && uses(process, mountpoint)) {
                    users.add(process.getFileName() + " (" + name(process) + ")");
                }
            }
        } catch (IOException unreadable) {
            return "";
        }
        return String.join(", ", users);
    }

    private static boolean uses(Path process, Path mountpoint) {
        return leadsInto(process.resolve("cwd"), mountpoint)
                || leadsInto(process.resolve("root"), mountpoint)
                || leadsInto(process.resolve("exe"), mountpoint)
                || anyLeadsInto(process.resolve("fd"), mountpoint)
                || maps(process.resolve("maps"), mountpoint);
    }

    private static boolean anyLeadsInto(Path folder, Path mountpoint) {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(folder)) {
            for (Path link : links) {
                if (leadsInto(link, mountpoint)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException _) {
            return false; // another user's process, or one that has just ended
        }
    }

    private static boolean leadsInto(Path link, Path mountpoint) {
        try {
            return Files.readSymbolicLink(link).startsWith(mountpoint);
        } catch (IOException | java.nio.file.InvalidPathException _) {
            return false;
        }
    }

    private static boolean maps(Path maps, Path mountpoint) {
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.anyMatch(line -> line.endsWith(" " + mountpoint) || line.contains(" " + mountpoint + "/"));
        } catch (IOException | java.io.UncheckedIOException _) {
            return false;
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException _) {
            return "?";
        }
    }
}
