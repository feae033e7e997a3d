package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The directories that hold a filesystem's data, one a disk. The first also holds its format, lock, socket and log, and
 * stands for it. Paths are absolute.
 */
public record DataDirectories(List<Path> paths) {
    public DataDirectories {
        paths = List.copyOf(paths);
        if (paths.isEmpty() || paths.size() != paths.stream().distinct().count()) {
            throw new IllegalArgumentException("name at least one data directory, and each only once");
        }
    }

    /** @param text paths separated by commas. @throws IllegalArgumentException with a line for the user */
    public static DataDirectories parse(String text) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            if (each.isBlank()) {
                throw new IllegalArgumentException("a data directory is empty in '" + text + "'");
            }
            paths.add(Mountpoint.canonical(Path.of(each), MountTable.read()));
        }
        return new DataDirectories(paths);
    }

    public Path first() {
        return paths.getFirst();
    }

    public Path logFolder() {
        return first().resolve("log");
    }

    /** Makes those that are missing, for their owner only. */
    public void make() throws IOException {
        for (Path path : paths) {
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new IOException(path + " is not a directory");
            }
            if (!Files.exists(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.isWritable(path)) {
                throw new IOException(path + " may not be written to by this user");
            }
        }
    }

    /** A filesystem on its own data would wait for itself. @throws IllegalArgumentException one is inside the other */
    public void checkApartFrom(Path mountpoint) {
        for (Path path : paths) {
            if (path.startsWith(mountpoint) || mountpoint.startsWith(path)) {
                throw new IllegalArgumentException(
                        "mountpoint " + mountpoint + " and data directory " + path + " must not be inside each other");
            }
        }
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return paths.stream().map(Path::toString).collect(Collectors.joining(","));
    }
}
