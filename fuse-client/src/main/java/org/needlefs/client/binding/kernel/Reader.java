package org.needlefs.client.binding.kernel;

import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.client.binding.kernel.protocol.Opcode;
import org.needlefs.client.binding.kernel.protocol.ReplyBytes;
import org.needlefs.client.binding.kernel.protocol.RequestBytes;
import org.needlefs.client.binding.kernel.protocol.RequestHandler;
import org.needlefs.client.binding.kernel.system.FuseDevice;
import org.needlefs.client.binding.kernel.system.NativeBuffer;
import org.needlefs.cluster.model.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that takes requests and answers them, with a device and buffers of its own.
 *
 * <p>A request buffer lives as long as the thread: what {@link org.needlefs.client.vfs.FileOperations} borrows is
 * overwritten by the next request. Bound: a little over 2 MiB, taking room only as far as requests have filled it.
 */
final class Reader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final Session session;
    private final FuseDevice device;
    private final RequestBytes request = new RequestBytes(NativeBuffer.allocate(RequestHandler.BUFFER_SIZE));
    private final ReplyBytes reply;

    Reader(Session session, FuseDevice device) {
        this.session = session;
        this.device = device;
        this.reply = new ReplyBytes(NativeBuffer.allocate(RequestHandler.BUFFER_SIZE), session.cacheMillis());
    }

    @Override
    public void run() {
        try (device;
                RequestStatistics.Recorder recorder = session.statistics().recorder()) {
            do {
                session.idle();
                int received = device.read(request.buffer());
                if (received < 0) {
                    session.awake();
                    if (isGone(-received)) {
                        session.disconnected();
                        return;
                    }
                    continue;
                }
                session.taken();
                if (request.received(received)) {
                    answer(recorder);
                }
            } while (!session.retireSurplus());
        }
    }

    private void answer(RequestStatistics.Recorder recorder) {
        session.handler().handle(request, reply, recorder);
        if (reply.sizeBytes() > 0) {
            int result = device.write(reply.buffer(), reply.sizeBytes());
            if (result < 0 && !isGone(-result) && result != -Errno.ENOENT.number()) {
                // The kernel took no reply and its caller still waits for one.
                LOG.error("the kernel refused the reply to {}: errno {}", request.opcode(), -result);
                reply.fail(Errno.EIO);
                int unused = device.write(reply.buffer(), reply.sizeBytes());
            }
        }
        if (request.opcode() == Opcode.INIT) {
            session.handshakeAnswered();
        }
    }

    // EINTR, EAGAIN and ENOENT (the caller gave up while its request was being read) mean: read again.
    private static boolean isGone(int errno) {
        return errno != Errno.EINTR.number() && errno != Errno.EAGAIN.number() && errno != Errno.ENOENT.number();
    }
}
