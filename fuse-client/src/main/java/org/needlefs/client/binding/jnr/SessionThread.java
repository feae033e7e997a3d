package org.needlefs.client.binding.jnr;

import com.kenai.jffi.Closure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.needlefs.client.binding.Failures;
import org.needlefs.client.binding.Operation;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.cluster.model.Errno;
import org.needlefs.storage.Check;

/**
 * A thread that takes requests from the kernel, one after the other, lets libfuse decode them and answers them.
 *
 * <p>It is Java's thread, so libfuse's calls back into Java find it attached already; libfuse's own threads would be
 * attached and detached for each call. Its buffers are freed by the session, once all threads have ended.
 */
final class SessionThread extends Thread {
    private final Session session;
    private final RequestStatistics.Recorder recorder;
    private final Call call;
    private final MemorySegment received;
    private final MemorySegment channelCell;

    SessionThread(Session session, int number, LibFuse libFuse, double cacheSeconds, Session.Resources resources) {
        super(null, null, "jnr-fuse-" + number);
        this.session = session;
        this.recorder = session.statistics().recorder();
        Arena memory = resources.memory();
        this.received = memory.allocate(libFuse.fuse_chan_bufsize(resources.channel()), Long.BYTES);
        this.channelCell = memory.allocate(Long.BYTES, Long.BYTES);
        this.call = new Call(libFuse, cacheSeconds, memory, received);
        setDaemon(true);
    }

    /** The session thread that is running: libfuse calls back on the thread that called it. */
    static SessionThread current() {
        if (Thread.currentThread() instanceof SessionThread thread) {
            return thread;
        }
        throw new IllegalStateException("libfuse called on a thread that serves no session");
    }

    @Override
    public void run() {
        try (recorder) {
            session.serve(received, channelCell);
        } finally {
            session.threadEnded();
        }
    }

    /** Answers one request, whatever {@code handler} does: the boundary that no exception passes. */
    void serve(Operation operation, Handler handler, Closure.Buffer arguments) {
        long startNanos = System.nanoTime();
        call.begin(arguments);
        try {
            handler.handle(call);
            Check.that(call.answered(), "a handler replies");
        } catch (IOException | RuntimeException | Error failure) {
            answerFailure(operation, failure);
        }
        recorder.record(operation, System.nanoTime() - startNanos, call.errorNumber() != 0);
    }

    private void answerFailure(Operation operation, Throwable failure) {
        Errno errno = Errno.EIO;
        try {
            errno = Failures.errnoOf(failure, operation);
        } finally {
            // Even where logging failed too (no memory): a request without an answer hangs its caller.
            if (!call.answered()) {
                call.failed(errno);
            }
        }
    }
}
