package org.needlefs.client.admin;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Asks the process that serves a data directory. Threading: any; each call has a connection of its own. */
public final class AdminClient {
    private final SocketChannel connection;

    private AdminClient(SocketChannel connection) {
        this.connection = connection;
    }

    /** A connection to the process that serves {@code dataDirectory}; empty if none does. */
    public static Optional<AdminClient> connect(Path dataDirectory) throws IOException {
        if (!Files.isDirectory(dataDirectory)) {
            return Optional.empty();
        }
        Path path = AdminSocket.path(dataDirectory);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AdminClient(SocketChannel.open(UnixDomainSocketAddress.of(path))));
        } catch (java.net.SocketException refused) {
            // What a killed process leaves behind: a socket that nobody listens to.
            return refuses(refused) ? Optional.empty() : fail(path, refused);
        }
    }

    /** Sends one command and returns the last answer; {@code listener} gets those before it. Closes the connection. */
    public AdminAnswer ask(AdminCommand command, ProgressListener listener) throws IOException {
        try (connection;
                InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
                OutputStream out = Channels.newOutputStream(connection)) {
            out.write(AdminSocket.line(AdminCodec.encode(command)));
            out.flush();
            while (true) {
                String line = AdminSocket.readLine(in, AdminSocket.ANSWER_BYTES_MAX);
                if (line.isEmpty()) {
                    throw new IOException("the process that serves the filesystem ended before it answered");
                }
                AdminAnswer answer = AdminCodec.decodeAnswer(line);
                if (!(answer instanceof AdminAnswer.Progress progress)) {
                    return answer;
                }
                listener.progress(progress);
            }
        }
    }

    private static boolean refuses(IOException problem) {
        String message = String.valueOf(problem.getMessage());
        return message.contains("refused") || message.contains("No such file");
    }

    private static Optional<AdminClient> fail(Path path, IOException why) throws IOException {
        throw new IOException(path + ": " + why.getMessage(), why);
    }
}
