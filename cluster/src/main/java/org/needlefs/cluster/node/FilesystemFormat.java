package org.needlefs.cluster.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.storage.CorruptDataException;

/**
 * What {@code needlefs format} fixes for the life of a filesystem, kept as a small text file in the first data
 * directory: {@code key=value} lines, sorted, and a last line with the CRC32C of those before it. FORMAT.md has the keys.
 */
public record FilesystemFormat(UUID filesystemId, String name, Geometry geometry) {
    /** The file's name in the data directory. */
    public static final String FILE_NAME = "needlefs.format";

    public static final int CHUNK_SIZE_DEFAULT = 5 << 20;
    public static final int CHUNK_SIZE_MIN = 64 << 10;
    public static final int CHUNK_SIZE_MAX = 32 << 20;
    public static final int INLINE_SIZE_DEFAULT = 4 << 10;
    public static final int INLINE_SIZE_LIMIT = 16 << 10;

    private static final String VERSION = "1";
    private static final String CHECKSUM_KEY = "crc32c=";

    /** @throws IllegalArgumentException with a sentence for the user if a value is out of its range */
    public FilesystemFormat {
        if (geometry.chunkSizeBytes() < CHUNK_SIZE_MIN
                || geometry.chunkSizeBytes() > CHUNK_SIZE_MAX
                || geometry.chunkSizeBytes() % 4096 != 0) {
            throw new IllegalArgumentException("the chunk size is a multiple of 4 KiB from 64 KiB to 32 MiB, not "
                    + geometry.chunkSizeBytes() + " bytes");
        }
        if (geometry.inlineSizeMax() < 0 || geometry.inlineSizeMax() > INLINE_SIZE_LIMIT) {
            throw new IllegalArgumentException(
                    "the inline size is 0 to 16 KiB, not " + geometry.inlineSizeMax() + " bytes");
        }
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("a name is 1 to 64 letters, digits, dots, dashes or underscores");
        }
    }

    /** A new filesystem with an id of its own. */
    public static FilesystemFormat create(String name, Geometry geometry) {
        return new FilesystemFormat(UUID.randomUUID(), name, geometry);
    }

    public static boolean existsIn(Path dataDirectory) {
        return Files.exists(dataDirectory.resolve(FILE_NAME));
    }

    /** @throws NoSuchFileException the directory holds no filesystem; CorruptDataException, IOException (a newer version) */
    public static FilesystemFormat readFrom(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE_NAME);
        String text = Files.readString(file, StandardCharsets.UTF_8);
        int checksumAt = text.lastIndexOf(CHECKSUM_KEY);
        if (checksumAt < 0 || !text.substring(checksumAt).equals(checksumLine(text.substring(0, checksumAt)))) {
            throw new CorruptDataException(file + " is damaged: its checksum does not match");
        }
        Map<String, String> values = new TreeMap<>();
        for (String line : text.substring(0, checksumAt).lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        if (!VERSION.equals(values.get("version"))) {
            throw new IOException(file + " has format version " + values.get("version") + ", this program knows "
                    + VERSION + ": use a newer one");
        }
        try {
            return new FilesystemFormat(
                    UUID.fromString(value(values, "filesystem_id", file)),
                    value(values, "name", file),
                    new Geometry(
                            Integer.parseInt(value(values, "chunk_size", file)),
                            Integer.parseInt(value(values, "inline_size", file))));
        } catch (IllegalArgumentException impossible) {
            throw new CorruptDataException(file + " makes no sense: " + impossible.getMessage(), impossible);
        }
    }

    private static String value(Map<String, String> values, String key, Path file) throws CorruptDataException {
        String value = values.get(key);
        if (value == null) {
            throw new CorruptDataException(file + " lacks " + key);
        }
        return value;
    }

    /** Writes the file; it and its name are durable on return. Replaces atomically what was there. */
    public void writeTo(Path dataDirectory) throws IOException {
        String body = "chunk_size=" + geometry.chunkSizeBytes() + "\nfilesystem_id=" + filesystemId + "\ninline_size="
                + geometry.inlineSizeMax() + "\nname=" + name + "\nversion=" + VERSION + "\n";
        Path temporary = dataDirectory.resolve(FILE_NAME + ".new");
        Files.writeString(temporary, body + checksumLine(body), StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, dataDirectory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(dataDirectory, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static String checksumLine(String body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM_KEY + String.format("%08x", checksum.getValue()) + "\n";
    }
}
