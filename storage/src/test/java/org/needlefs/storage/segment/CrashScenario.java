package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.segment.LogFixture.Collected;

/**
 * A random run of appends, syncs, rolls and removals, and what must be true of the log whenever and however it ended.
 * Remembers across crashes: what was promised before one holds after all later ones.
 */
final class CrashScenario {
    private static final long SEGMENT_SIZE_BYTES = 12 << 10;
    private static final int STEPS = 24;

    private final SplittableRandom random;
    /** What each sequence held when it was last given out; a sequence cut off is given out again. */
    private final TreeMap<Long, ByteBuffer> appended = new TreeMap<>();
    /** Sequences whose segment's removal was begun: they may be gone or not. */
    private final TreeSet<Long> removed = new TreeSet<>();

    /** What a crash may not take away. */
    private final boolean writtenIsEnough;

    private final SegmentLogConfig config;

    private long promisedSequence;
    private long bodyCount;

    /** @param writtenIsEnough crashes are deaths of the process alone: what was appended survives without a sync */
    CrashScenario(long seed, boolean writtenIsEnough) {
        this.random = new SplittableRandom(seed);
        this.writtenIsEnough = writtenIsEnough;
        this.config = LogFixture.config(SEGMENT_SIZE_BYTES).withZeroAheadBytes(seed % 2 == 0 ? 0 : 1500);
    }

    SegmentLogConfig config() {
        return config;
    }

    /** Runs until the end, or until the disk gives up. */
    void run(SimulatedDisk disk) throws IOException {
        try (SegmentLog log = SegmentLog.open(disk, config)) {
            checkAndAdopt(log);
            for (int step = 0; step < STEPS; step++) {
                step(log);
            }
        }
        promisedSequence = appended.isEmpty() ? 0 : appended.lastKey();
    }

    private void step(SegmentLog log) throws IOException {
        int choice = random.nextInt(20);
        if (choice < 12) {
            append(log);
        } else if (choice < 17) {
            long sequence = log.lastSequence() - random.nextInt(3);
            log.sync(sequence);
            promisedSequence = Math.max(promisedSequence, sequence);
        } else if (choice < 18) {
            long sequence = log.lastSequence();
            log.roll();
            promisedSequence = sequence;
        } else {
            remove(log);
        }
    }

    private void append(SegmentLog log) throws IOException {
        // Mostly of one size, so that what is appended after a cut ends where a record of the old tail began.
        int choice = random.nextInt(16);
        int sizeBytes = choice == 0 ? random.nextInt(6000) : choice < 4 ? random.nextInt(300) : 200;
        bodyCount++;
        ByteBuffer body = LogFixture.body(bodyCount, sizeBytes);
        // Before the call: a crash within may leave the record complete. A refusal leaves what is there.
        appended.put(log.lastSequence() + 1, body);
        try {
            SegmentLog.Appended result = log.append((byte) 1, body.duplicate());
            assertThat(result.sequence()).isEqualTo(appended.lastKey());
            if (writtenIsEnough) {
                promisedSequence = result.sequence();
            }
        } catch (OutOfSpaceException full) {
            appended.remove(appended.lastKey());
        }
    }

    private void remove(SegmentLog log) throws IOException {
        SegmentInfo oldest = log.segments().getFirst();
        if (!oldest.sealed()) {
            return;
        }
        for (long sequence = oldest.firstSequence(); sequence <= oldest.lastSequence(); sequence++) {
            removed.add(sequence);
        }
        log.remove(oldest.segment());
    }

    /** What was synced is there; what is there is right; nothing is missing between; nothing is called damaged. */
    void checkAndAdopt(SegmentLog log) throws IOException {
        Collected found = Collected.of(log);
        assertThat(found.damages).isEmpty();
        assertThat(log.lastSequence()).isGreaterThanOrEqualTo(promisedSequence);
        assertThat(log.durableSequence()).isEqualTo(log.lastSequence());
        for (long sequence = 1; sequence <= log.lastSequence(); sequence++) {
            ByteBuffer body = found.bodies.get(sequence);
            if (body == null) {
                assertThat(removed).as("record %d is missing", sequence).contains(sequence);
                continue;
            }
            assertThat(body).as("record %d", sequence).isEqualTo(appended.get(sequence));
            assertThat(LogFixture.read(log, found.position(sequence))).isEqualTo(body);
        }
        assertThat(found.bodies.isEmpty() || found.bodies.lastKey() <= log.lastSequence())
                .isTrue();
        appended.tailMap(log.lastSequence(), false).clear();
        promisedSequence = log.lastSequence();
    }
}
