package org.needlefs.storage.needle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.needlefs.storage.ThreadEnd;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.volume.Claims;
import org.needlefs.storage.needle.volume.SegmentCompactor;
import org.needlefs.storage.needle.volume.Throttle;
import org.needlefs.storage.needle.volume.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees what is dead in containers, one container at a time, on one background thread, while everything else goes on. By
 * itself it takes containers with much garbage, and with any garbage when a disk is nearly full; told to, all that have some.
 * Threading: any.
 */
public final class Compaction {
    private static final Logger log = LoggerFactory.getLogger(Compaction.class);

    private static final long LOOK_INTERVAL_MILLIS = 2_000;
    private static final int HELD_MAX = 1_000;

    private final List<Volume> volumes;
    private final Claims claims;
    private final Digests digests;
    private final boolean byItself;
    private final int garbagePercent;
    private final Throttle throttle = new Throttle();
    private final Thread thread;
    private final Object lock = new Object();

    /** Confined to the thread: containers that must stay, by disk and number. */
    private final Set<String> held = new HashSet<>();

    @GuardedBy("lock")
    private boolean allWanted;

    @GuardedBy("lock")
    private boolean looking;

    @GuardedBy("lock")
    private boolean nudged;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private Status status = new Status(State.IDLE, 0, 0, 0, List.of(), Optional.empty());

    public enum State {
        IDLE,
        RUNNING,
        SUSPENDED
    }

    /**
     * @param segmentCount containers freed since the store was opened
     * @param copiedBytes of needles
     * @param foundCount needles that the index did not know and that were kept
     * @param held containers that must stay, and why; the first 1,000
     * @param problem of the last attempt
     */
    public record Status(
            State state,
            long segmentCount,
            long copiedBytes,
            long foundCount,
            List<String> held,
            Optional<String> problem) {}

    Compaction(List<Volume> volumes, Claims claims, Digests digests, boolean byItself, int garbagePercent) {
        this.volumes = volumes;
        this.claims = claims;
        this.digests = digests;
        this.byItself = byItself;
        this.garbagePercent = garbagePercent;
        this.thread = Thread.ofPlatform().name("compaction").daemon().unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    /** Frees all garbage that is there now. Returns at once. */
    public void start() {
        synchronized (lock) {
            allWanted = true;
            lock.notifyAll();
        }
    }

    /** Holds the work after the needle that it is at. */
    public void suspend() {
        throttle.suspend();
    }

    public void resume() {
        throttle.resume();
    }

    /** @param bytesPerSecondMax read from containers; 0 for as fast as it goes */
    public void limit(long bytesPerSecondMax) {
        throttle.limit(bytesPerSecondMax);
    }

    public Status status() {
        synchronized (lock) {
            if (!throttle.suspended()) {
                return status;
            }
            return new Status(
                    State.SUSPENDED,
                    status.segmentCount(),
                    status.copiedBytes(),
                    status.foundCount(),
                    status.held(),
                    status.problem());
        }
    }

    /** Returns when what was started is done, or the store is closed. */
    public void await() throws InterruptedException {
        synchronized (lock) {
            while ((allWanted || looking) && !closed) {
                lock.wait();
            }
        }
    }

    /** A disk is full: look for garbage at once. */
    void nudge() {
        synchronized (lock) {
            nudged = true;
            lock.notifyAll();
        }
    }

    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        throttle.stop();
        ThreadEnd.await(thread);
    }

    private void run() {
        while (true) {
            boolean all;
            synchronized (lock) {
                looking = false;
                lock.notifyAll();
                long lookAtMillis = nowMillis() + LOOK_INTERVAL_MILLIS;
                while (!closed && !allWanted && !nudged && nowMillis() < lookAtMillis) {
                    pause(lookAtMillis - nowMillis());
                }
                if (closed) {
                    return;
                }
                all = allWanted;
                allWanted = false;
                nudged = false;
                looking = true;
            }
            for (Volume volume : volumes) {
                look(volume, all);
            }
        }
    }

    /** The caller loops. */
    @SuppressWarnings("WaitNotInLoop")
    @GuardedBy("lock")
    private void pause(long millis) {
        try {
            lock.wait(Math.max(1, millis));
        } catch (InterruptedException ignored) {
            closed = true;
        }
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    private void look(Volume volume, boolean all) {
        if (!volume.healthy() || !(all || byItself)) {
            return;
        }
        try {
            setState(State.RUNNING, Optional.empty());
            if (all) {
                compactAll(volume);
            } else {
                compactWorst(volume);
            }
            setState(State.IDLE, Optional.empty());
        } catch (IOException failed) {
            log.warn("compaction of {} stopped", volume.description(), failed);
            setState(State.IDLE, Optional.of(volume.description() + ": " + failed.getMessage()));
        }
    }

    private void compactAll(Volume volume) throws IOException {
        for (long segment : volume.sealedWithGarbage()) {
            if (!compact(volume, segment)) {
                return;
            }
        }
    }

    private void compactWorst(Volume volume) throws IOException {
        while (true) {
            Optional<Long> worst = volume.worstSegment(garbagePercent, segment -> !held.contains(key(volume, segment)));
            if (worst.isEmpty() || !compact(volume, worst.get())) {
                return;
            }
        }
    }

    /** False: stop looking at this volume for now. */
    private boolean compact(Volume volume, long segment) throws IOException {
        if (held.contains(key(volume, segment))) {
            return true;
        }
        SegmentCompactor.Result result = new SegmentCompactor(volume, claims, digests, throttle).compact(segment);
        count(volume, result);
        if (result.stopped()) {
            return false;
        }
        if (result.waitsFor().isPresent()) {
            long first = result.waitsFor().get();
            if (held.contains(key(volume, first))) {
                hold(volume, segment, List.of("segment " + first + ", which has to go first, is held"));
                return true;
            }
            return compact(volume, first) && compact(volume, segment);
        }
        if (!result.held().isEmpty()) {
            hold(volume, segment, result.held());
        }
        return true;
    }

    private static String key(Volume volume, long segment) {
        return volume.description() + " segment " + segment;
    }

    private void hold(Volume volume, long segment, List<String> reasons) {
        held.add(key(volume, segment));
        log.warn("{} stays: {}", key(volume, segment), reasons);
        synchronized (lock) {
            List<String> all = new ArrayList<>(status.held());
            if (all.size() < HELD_MAX) {
                all.add(key(volume, segment) + ": " + String.join("; ", reasons));
            }
            status = new Status(
                    status.state(),
                    status.segmentCount(),
                    status.copiedBytes(),
                    status.foundCount(),
                    List.copyOf(all),
                    status.problem());
        }
    }

    private void count(Volume volume, SegmentCompactor.Result result) {
        if (result.foundCount() > 0) {
            log.warn(
                    "{} had {} needles that the index did not know: they were kept",
                    key(volume, result.segment()),
                    result.foundCount());
        }
        synchronized (lock) {
            status = new Status(
                    status.state(),
                    status.segmentCount() + (result.removed() ? 1 : 0),
                    status.copiedBytes() + result.copiedBytes(),
                    status.foundCount() + result.foundCount(),
                    status.held(),
                    status.problem());
        }
    }

    private void setState(State state, Optional<String> problem) {
        synchronized (lock) {
            status = new Status(
                    state, status.segmentCount(), status.copiedBytes(), status.foundCount(), status.held(), problem);
        }
    }
}
