package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/** What the tests of the segment log share: ids, bodies that can be told apart, and a visitor that collects. */
final class LogFixture {
    static final UUID CLUSTER = new UUID(0x1111111111111111L, 0x2222222222222222L);
    static final UUID DISK = new UUID(0x3333333333333333L, 0x4444444444444444L);

    private LogFixture() {}

    static SegmentLogConfig config(long segmentSizeBytes) {
        return new SegmentLogConfig(segmentSizeBytes, CLUSTER, DISK, 0);
    }

    /** Bytes that depend on the sequence alone. */
    static ByteBuffer body(long seed, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new SplittableRandom(seed * 31 + sizeBytes).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    static ByteBuffer read(SegmentLog log, RecordPosition position) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) position.bodySizeBytes());
        log.read(position, 0, into);
        return into.flip();
    }

    /** Everything that a scan shows. */
    static final class Collected implements RecordVisitor {
        final TreeMap<Long, ByteBuffer> bodies = new TreeMap<>();
        final TreeMap<Long, RecordPosition> positions = new TreeMap<>();
        final List<String> damages = new ArrayList<>();

        static Collected of(SegmentLog log) throws IOException {
            Collected collected = new Collected();
            log.scan(0, Integer.MAX_VALUE, collected);
            return collected;
        }

        RecordPosition position(long sequence) {
            RecordPosition position = positions.get(sequence);
            if (position == null) {
                throw new AssertionError("record " + sequence + " was not shown");
            }
            return position;
        }

        @Override
        public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) {
            ByteBuffer copy = ByteBuffer.allocate(prefix.remaining());
            copy.put(prefix).flip();
            bodies.put(sequence, copy);
            positions.put(sequence, position);
        }

        @Override
        public void damaged(long segment, long offsetBytes, long sizeBytes, String why) {
            damages.add(segment + " " + offsetBytes + " " + sizeBytes + " " + why);
        }
    }
}
