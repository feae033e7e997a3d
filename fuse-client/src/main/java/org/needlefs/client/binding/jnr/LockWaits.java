package org.needlefs.client.binding.jnr;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Closure;
import com.kenai.jffi.ClosureManager;
import com.kenai.jffi.Type;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.needlefs.client.binding.Failures;
import org.needlefs.client.binding.Operation;
import org.needlefs.cluster.model.Errno;

/**
 * Requests that wait for a lock, each on a virtual thread: on a session thread it would keep out the very request that
 * frees the lock. A signal to the process that waits ends the wait with EINTR.
 *
 * <p>Bound: {@code waitCountMax}, more are refused with ENOLCK. Threading: any. Lives as long as its session;
 * {@link #close} ends all waits before libfuse frees the requests.
 */
final class LockWaits implements AutoCloseable {
    /** Takes a lock, or throws; may block, and ends with EINTR when its thread is interrupted. */
    interface Wait {
        void take() throws IOException;
    }

    private final LibFuse libFuse;
    private final int waitCountMax;
    private final Closure.Handle interruption;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Long, Thread> threads = new HashMap<>();

    @GuardedBy("lock")
    private long lastNumber;

    LockWaits(LibFuse libFuse, int waitCountMax) {
        this.libFuse = libFuse;
        this.waitCountMax = waitCountMax;
        this.interruption = ClosureManager.getInstance()
                .newClosure(
                        arguments -> interrupt(arguments.getAddress(1)),
                        CallContext.getCallContext(
                                Type.VOID, new Type[] {Type.POINTER, Type.POINTER}, CallingConvention.DEFAULT, false));
    }

    /** Replies to {@code call} once {@code wait} has ended, without keeping this thread. */
    void start(Call call, Wait wait) throws IOException {
        Thread thread;
        long number;
        synchronized (lock) {
            if (threads.size() >= waitCountMax) {
                throw Errno.ENOLCK.because("%d requests wait for locks already", waitCountMax);
            }
            lastNumber++;
            number = lastNumber;
            long request = call.request();
            thread = Thread.ofVirtual().name("jnr-fuse-lock-" + number).unstarted(() -> run(number, request, wait));
            threads.put(number, thread);
        }
        // libfuse calls back from within if the signal is here already, so the thread must be known before, and the
        // request must not be answered before, which frees it.
        libFuse.fuse_req_interrupt_func(call.detach(), interruption.getAddress(), number);
        thread.start();
    }

    private void run(long number, long request, Wait wait) {
        int errorNumber = 0;
        try {
            wait.take();
        } catch (IOException | RuntimeException | Error failure) {
            errorNumber = Failures.errnoOf(failure, Operation.LOCK).number();
        } finally {
            libFuse.fuse_reply_err(request, errorNumber);
            synchronized (lock) {
                threads.remove(number);
            }
        }
    }

    private void interrupt(long number) {
        synchronized (lock) {
            Thread thread = threads.get(number);
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    @Override
    public void close() {
        List<Thread> waiting;
        synchronized (lock) {
            waiting = List.copyOf(threads.values());
        }
        boolean interrupted = false;
        for (Thread thread : waiting) {
            thread.interrupt();
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        interruption.dispose();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
