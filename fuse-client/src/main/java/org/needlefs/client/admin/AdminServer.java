package org.needlefs.client.admin;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers administrators on this machine through a socket in the data directory, open to its owner only.
 * Bound: {@value #CONNECTION_COUNT_MAX} connections, the next one is told so and closed; a command is at most 64 KiB.
 * Threading: one virtual thread accepts, one serves each connection.
 */
public final class AdminServer implements Closeable {
    static final int CONNECTION_COUNT_MAX = 16;

    /** Progress is for people: more often than this is dropped. */
    private static final long PROGRESS_PERIOD_NANOS = 100_000_000;

    private static final long CLOSE_SECONDS_MAX = 10;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final Path path;
    private final ServerSocketChannel listening;
    private final AdminService service;
    private final Semaphore free = new Semaphore(CONNECTION_COUNT_MAX);
    /** A permit is out for each command under way. */
    private final Semaphore answering = new Semaphore(CONNECTION_COUNT_MAX);

    private final AtomicBoolean closed = new AtomicBoolean();
    /** Open once the commands that were under way at the close are answered, or given up. */
    private final CountDownLatch answered = new CountDownLatch(1);

    private AdminServer(Path path, ServerSocketChannel listening, AdminService service) {
        this.path = path;
        this.listening = listening;
        this.service = service;
    }

    /** Listens at once. The caller holds the data directory's lock, so a socket that is there belongs to a dead process. */
    public static AdminServer listen(Path dataDirectory, AdminService service) throws IOException {
        Path path = AdminSocket.path(dataDirectory);
        Files.deleteIfExists(path);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException refused) {
            listening.close();
            throw refused;
        }
        AdminServer server = new AdminServer(path, listening, service);
        Thread.ofVirtual().name("admin-accept").start(server::accept);
        return server;
    }

    /** Takes no more connections, and gives commands under way some seconds to be answered. Every caller waits for that. */
    @Override
    public void close() throws IOException {
        try {
            // A second close must leave the path alone: by then it may be the socket of the next mount.
            if (!closed.compareAndSet(false, true)) {
                boolean _ = answered.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
                return;
            }
            try (listening) {
                Files.deleteIfExists(path);
            }
            if (!answering.tryAcquire(CONNECTION_COUNT_MAX, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("a command was cut off by the end of the mount");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            answered.countDown();
        }
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                SocketChannel connection = listening.accept();
                boolean admitted = free.tryAcquire();
                Thread.ofVirtual().name("admin").start(() -> serve(connection, admitted));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException broken) {
                LOG.error("the administration socket {} failed; commands must wait for a new mount", path, broken);
                return;
            }
        }
    }

    private void serve(SocketChannel connection, boolean admitted) {
        try (connection;
                InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
                OutputStream out = Channels.newOutputStream(connection)) {
            if (!admitted) {
                send(out, new AdminAnswer.Failed("too many administrators are connected; try again"));
                return;
            }
            for (String line = AdminSocket.readLine(in, AdminSocket.COMMAND_BYTES_MAX);
                    !line.isEmpty();
                    line = AdminSocket.readLine(in, AdminSocket.COMMAND_BYTES_MAX)) {
                answering.acquireUninterruptibly();
                try {
                    answer(line, out);
                } finally {
                    answering.release();
                }
            }
        } catch (IOException gone) {
            LOG.debug("an administrator went away: {}", gone.toString());
        } finally {
            if (admitted) {
                free.release();
            }
        }
    }

    private void answer(String line, OutputStream out) throws IOException {
        AdminCommand command;
        try {
            command = AdminCodec.decodeCommand(line);
        } catch (IOException nonsense) {
            send(out, new AdminAnswer.Failed("not understood: " + nonsense.getMessage()));
            return;
        }
        send(out, service.handle(command, new ThrottledProgress(out)));
    }

    private static void send(OutputStream out, AdminAnswer answer) throws IOException {
        out.write(AdminSocket.line(AdminCodec.encode(answer)));
        out.flush();
    }

    /** Threading: the thread that carries the command out. */
    private static final class ThrottledProgress implements ProgressListener {
        private final OutputStream out;
        private long sentNanos = System.nanoTime() - PROGRESS_PERIOD_NANOS;

        ThrottledProgress(OutputStream out) {
            this.out = out;
        }

        @Override
        public void progress(AdminAnswer.Progress progress) {
            long now = System.nanoTime();
            if (now - sentNanos < PROGRESS_PERIOD_NANOS) {
                return;
            }
            sentNanos = now;
            try {
                send(out, progress);
            } catch (IOException gone) {
                // Whoever asked is gone; the work is worth finishing all the same.
                LOG.debug("nobody listens to progress any more: {}", gone.toString());
            }
        }
    }
}
