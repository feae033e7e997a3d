package org.needlefs.storage.needle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.needle.volume.ScrubPass;
import org.needlefs.storage.needle.volume.Throttle;
import org.needlefs.storage.needle.volume.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all bodies on request, on one background thread, and compares them with their checksums and digests. What fails is
 * quarantined and reported, never deleted. Threading: any.
 */
public final class Scrub {
    private static final Logger log = LoggerFactory.getLogger(Scrub.class);

    private static final int FAILURES_MAX = 1_000;

    private final List<Volume> volumes;
    private final Digests digests;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private long bytesPerSecondMax;

    /** Of the run under way, or of the last one. */
    @GuardedBy("lock")
    private Throttle throttle = new Throttle();

    @GuardedBy("lock")
    private Optional<Thread> thread = Optional.empty();

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private Status status = new Status(State.NEVER_RUN, 0, 0, 0, List.of(), Optional.empty());

    public enum State {
        NEVER_RUN,
        RUNNING,
        SUSPENDED,
        STOPPED,
        DONE
    }

    /**
     * @param needleCount checked, good or bad, by the run under way or the last one
     * @param sizeBytes of their bodies
     * @param failedCount of needles that were quarantined
     * @param failures the first 1,000 of them, and why
     * @param problem that ended the run
     */
    public record Status(
            State state,
            long needleCount,
            long sizeBytes,
            long failedCount,
            List<String> failures,
            Optional<String> problem) {}

    Scrub(List<Volume> volumes, Digests digests) {
        this.volumes = volumes;
        this.digests = digests;
    }

    /** Begins a run over all disks; nothing happens if one is under way. */
    public void start() {
        synchronized (lock) {
            if (closed || thread.isPresent()) {
                return;
            }
            throttle = new Throttle();
            throttle.limit(bytesPerSecondMax);
            status = new Status(State.RUNNING, 0, 0, 0, List.of(), Optional.empty());
            Throttle mine = throttle;
            Thread runner = Thread.ofPlatform().name("scrub").daemon().unstarted(() -> run(mine));
            thread = Optional.of(runner);
            runner.start();
        }
    }

    public void suspend() {
        synchronized (lock) {
            throttle.suspend();
        }
    }

    public void resume() {
        synchronized (lock) {
            throttle.resume();
        }
    }

    /** Ends a run before its end. */
    public void stop() {
        synchronized (lock) {
            throttle.stop();
        }
    }

    /** @param maxBytesPerSecond of bodies; 0 for as fast as it goes */
    public void limit(long maxBytesPerSecond) {
        synchronized (lock) {
            bytesPerSecondMax = maxBytesPerSecond;
            throttle.limit(maxBytesPerSecond);
        }
    }

    public Status status() {
        synchronized (lock) {
            State state = status.state() == State.RUNNING && throttle.suspended() ? State.SUSPENDED : status.state();
            return new Status(
                    state,
                    status.needleCount(),
                    status.sizeBytes(),
                    status.failedCount(),
                    status.failures(),
                    status.problem());
        }
    }

    /** Returns when no run is under way. */
    public void await() throws InterruptedException {
        synchronized (lock) {
            while (thread.isPresent()) {
                lock.wait();
            }
        }
    }

    void close() {
        boolean interrupted = false;
        synchronized (lock) {
            closed = true;
            throttle.stop();
            while (thread.isPresent()) {
                try {
                    lock.wait();
                } catch (InterruptedException ignored) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Throttle mine) {
        State end = State.DONE;
        Optional<String> problem = Optional.empty();
        try {
            for (Volume volume : volumes) {
                if (!new ScrubPass(volume, digests, mine, new Report()).run()) {
                    end = State.STOPPED;
                    break;
                }
            }
        } catch (IOException failed) {
            log.warn("scrub stopped", failed);
            end = State.STOPPED;
            problem = Optional.of(String.valueOf(failed.getMessage()));
        } finally {
            synchronized (lock) {
                status = new Status(
                        end,
                        status.needleCount(),
                        status.sizeBytes(),
                        status.failedCount(),
                        status.failures(),
                        problem);
                thread = Optional.empty();
                lock.notifyAll();
            }
        }
    }

    private final class Report implements ScrubPass.Listener {
        @Override
        public void checked(IndexEntry entry) {
            synchronized (lock) {
                status = new Status(
                        status.state(),
                        status.needleCount() + 1,
                        status.sizeBytes() + entry.header().sizeBytes(),
                        status.failedCount(),
                        status.failures(),
                        status.problem());
            }
        }

        @Override
        public void failed(IndexEntry entry, String why) {
            log.error("object {} is damaged: {}", entry.id(), why);
            synchronized (lock) {
                List<String> failures = new ArrayList<>(status.failures());
                if (failures.size() < FAILURES_MAX) {
                    failures.add(entry.id() + ": " + why);
                }
                status = new Status(
                        status.state(),
                        status.needleCount() + 1,
                        status.sizeBytes() + entry.header().sizeBytes(),
                        status.failedCount() + 1,
                        List.copyOf(failures),
                        status.problem());
            }
        }
    }
}
