package org.needlefs.storage.needle.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/**
 * Says which cluster a data directory belongs to and which of its disks it is: the file {@code disk.id}, written once.
 *
 * <pre>
 *  needlefs disk 1
 *  cluster UUID
 *  disk UUID
 *  crc32c HEX   of the lines above, their line ends included
 * </pre>
 */
public record DiskIdentity(UUID clusterId, UUID diskId) {
    public static final String FILE_NAME = "disk.id";

    private static final String UNFINISHED_NAME = "disk.id.new";
    private static final int SIZE_BYTES_MAX = 4096;

    /**
     * Reads the identity, or gives an empty directory one.
     *
     * @throws IOException it belongs to another cluster
     */
    public static DiskIdentity of(Disk disk, UUID clusterId, Supplier<UUID> newDiskId) throws IOException {
        List<String> names = disk.list();
        if (names.contains(FILE_NAME)) {
            DiskIdentity identity = read(disk);
            if (!identity.clusterId.equals(clusterId)) {
                throw new IOException(disk.description() + " belongs to cluster " + identity.clusterId + ", not to "
                        + clusterId + ": choose another directory");
            }
            return identity;
        }
        boolean empty = names.stream().allMatch(name -> name.equals(UNFINISHED_NAME));
        if (!empty) {
            throw new IOException(disk.description() + " has files but no " + FILE_NAME
                    + ": it is not a data directory, or that file was lost");
        }
        DiskIdentity identity = new DiskIdentity(clusterId, newDiskId.get());
        identity.write(disk, !names.isEmpty());
        return identity;
    }

    /** Reads the identity of a directory that has one. */
    public static DiskIdentity read(Disk disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES_MAX);
        try (DiskFile file = disk.open(FILE_NAME)) {
            int unused = file.read(0, bytes);
        }
        return parse(StandardCharsets.US_ASCII.decode(bytes.flip()).toString(), disk.description());
    }

    private static DiskIdentity parse(String text, String where) throws CorruptDataException {
        List<String> lines = text.lines().toList();
        try {
            if (lines.size() == 4 && lines.get(0).equals("needlefs disk 1")) {
                UUID cluster = UUID.fromString(after("cluster ", lines.get(1)));
                UUID disk = UUID.fromString(after("disk ", lines.get(2)));
                DiskIdentity identity = new DiskIdentity(cluster, disk);
                if (identity.text().equals(text)) {
                    return identity;
                }
            }
        } catch (IllegalArgumentException bad) {
            throw new CorruptDataException(FILE_NAME + " in " + where + " is damaged", bad);
        }
        throw new CorruptDataException(FILE_NAME + " in " + where + " is damaged");
    }

    private static String after(String label, String line) {
        return line.startsWith(label) ? line.substring(label.length()) : "";
    }

    private String text() {
        String lines = "needlefs disk 1\ncluster " + clusterId + "\ndisk " + diskId + "\n";
        CRC32C crc = new CRC32C();
        crc.update(StandardCharsets.US_ASCII.encode(lines));
        return lines + String.format("crc32c %08x%n", crc.getValue()).replace(System.lineSeparator(), "\n");
    }

    private void write(Disk disk, boolean unfinishedExists) throws IOException {
        if (unfinishedExists) {
            disk.delete(UNFINISHED_NAME);
        }
        try (DiskFile file = disk.create(UNFINISHED_NAME)) {
            file.write(0, StandardCharsets.US_ASCII.encode(text()));
            file.sync();
        }
        disk.rename(UNFINISHED_NAME, FILE_NAME);
        disk.syncDirectory();
    }
}
