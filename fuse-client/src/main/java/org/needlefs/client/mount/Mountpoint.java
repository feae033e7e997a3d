package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.needlefs.client.admin.AdminClient;

/**
 * A mount of ours as it can be found from outside. Never asks the mount itself for anything: it may be dead or stuck.
 *
 * @param path where it is mounted
 * @param dataDirectory what it serves
 */
public record Mountpoint(Path path, Path dataDirectory) {
    /** By mountpoint, by any path on the mount, or by data directory. @throws IOException there is none, and what to do */
    public static Mountpoint find(Path place) throws IOException {
        MountTable table = MountTable.read();
        Path absolute = canonical(place, table);
        Optional<MountTable.Entry> entry = table.containing(absolute).or(() -> table.ofDataDirectory(absolute));
        return entry.map(found -> new Mountpoint(found.mountpoint(), found.dataDirectory()))
                .orElseThrow(() -> new IOException("no NeedleFS is mounted on " + place
                        + (table.needleFs().isEmpty() ? "" : "; there is: " + listed(table))));
    }

    /** Where to mount: an existing folder, or what a dead mount left of one. @throws IOException it is neither, or taken */
    public static Path free(Path place) throws IOException {
        MountTable table = MountTable.read();
        Path path = canonical(place, table);
        Optional<MountTable.Entry> there = table.at(path);
        if (there.isPresent() && there.get().isNeedleFs()) {
            if (AdminClient.connect(there.get().dataDirectory()).isPresent()) {
                throw new IOException(path + " is mounted already, from "
                        + there.get().source() + "; 'needlefs umount " + path + "' ends that");
            }
            return path; // dead: whoever mounts over it removes it first
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "make it first");
        }
        if (!Files.isDirectory(path)) {
            throw new IOException(path + " is not a directory");
        }
        return path;
    }

    /** Absolute and without links. What is mounted is found by its name alone, since it may not answer. */
    static Path canonical(Path place, MountTable table) throws IOException {
        Path absolute = place.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        if (parent == null || name == null || table.at(absolute).isPresent()) {
            return absolute;
        }
        if (!Files.exists(parent)) {
            return absolute;
        }
        Path throughParent = parent.toRealPath().resolve(name);
        if (table.at(throughParent).isPresent() || !Files.exists(throughParent)) {
            return throughParent;
        }
        return throughParent.toRealPath();
    }

    /** Processes that keep it busy, for a message; empty if none can be seen. */
    public String users() {
        return MountUsers.of(path);
    }

    /** Removes what a process that was killed left in the tree. */
    public void removeDead() throws IOException {
        Process process = new ProcessBuilder("fusermount3", "-u", "-z", "--", path.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("could not remove " + path + ": " + said.strip());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + path, stopped);
        }
    }

    private static String listed(MountTable table) {
        return String.join(
                ", ",
                table.needleFs().stream()
                        .map(entry -> entry.mountpoint().toString())
                        .toList());
    }
}
