package org.needlefs.client.admin;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/** Where a node listens, and the lines that go to and fro. Lines are UTF-8, ended by one line feed. */
final class AdminSocket {
    static final String FILE_NAME = "admin.sock";
    /** A command is short; what is longer comes from no client of ours. */
    static final int COMMAND_BYTES_MAX = 64 << 10;

    static final int ANSWER_BYTES_MAX = 64 << 20;

    /** sockaddr_un holds 108 bytes with the final zero. */
    private static final int PATH_BYTES_MAX = 107;

    private AdminSocket() {}

    /** The socket of a data directory: inside, or in a folder of this user's where that path is too long for a socket. */
    static Path path(Path dataDirectory) throws IOException {
        Path real = dataDirectory.toRealPath();
        Path inside = real.resolve(FILE_NAME);
        byte[] bytes = inside.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= PATH_BYTES_MAX) {
            return inside;
        }
        Object userId = Files.getAttribute(real, "unix:uid");
        Path folder = Path.of("/tmp", "needlefs-" + userId);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getAttribute(folder, "unix:uid").equals(userId)) {
            throw new IOException(folder + " belongs to another user; use a shorter path for the data directory");
        }
        return folder.resolve(UUID.nameUUIDFromBytes(bytes) + ".sock");
    }

    /** The next line without its end; an empty text at the end of the stream. @throws IOException the line is too long or torn */
    static String readLine(InputStream from, int bytesMax) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) {
                if (line.size() == 0) {
                    return "";
                }
                throw new EOFException("the line ends in the middle");
            }
            if (line.size() == bytesMax) {
                throw new IOException("the line is longer than " + bytesMax + " bytes");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
