package org.needlefs.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.segment.LogFixture.Collected;

/**
 * Freezes the bytes of format version 1: new code writes them, old bytes are read. The golden file holds a segment with
 * an empty record, a short one, one of two blocks, and the marker of a clean close.
 */
final class SegmentFormatTest {
    private static final String GOLDEN = "/org/needlefs/storage/segment/segment-v1.golden";
    private static final long NONCE = 0x0123456789abcdefL;
    private static final int LONG_BODY_BYTES = 65_600;

    private static byte[] golden() throws IOException {
        try (InputStream stream = SegmentFormatTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(stream).as("golden file %s", GOLDEN).isNotNull();
            return stream.readAllBytes();
        }
    }

    private static ByteBuffer[] bodies() {
        ByteBuffer large = ByteBuffer.allocate(LONG_BODY_BYTES);
        for (int at = 0; at < LONG_BODY_BYTES; at++) {
            large.put(at, (byte) (at % 251));
        }
        return new ByteBuffer[] {
            ByteBuffer.allocate(0), ByteBuffer.wrap("needle".getBytes(StandardCharsets.US_ASCII)), large
        };
    }

    private static byte[] written() {
        ByteBuffer file = ByteBuffer.allocate(128 << 10);
        file.put(new SegmentHeader(LogFixture.CLUSTER, LogFixture.DISK, 1, 1, NONCE).encoded());
        long sequence = 0;
        for (ByteBuffer body : bodies()) {
            sequence++;
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            RecordFormat.putTable(bytes, body);
            RecordHeader header = new RecordHeader((byte) (10 + sequence), false, body.limit(), sequence, sequence - 1);
            RecordFormat.putHeader(bytes, header, NONCE, file.position());
            file.put(bytes).put(body);
            file.position((int) RecordFormat.align(file.position()));
        }
        ByteBuffer marker = ByteBuffer.allocate(RecordFormat.MARKER_SIZE_BYTES);
        RecordFormat.putHeader(marker, RecordHeader.marker(sequence), NONCE, file.position());
        file.put(marker.limit(RecordFormat.MARKER_SIZE_BYTES));
        byte[] bytes = new byte[file.position()];
        file.get(0, bytes);
        return bytes;
    }

    @Test
    void theBytesWrittenAreThoseOfTheGoldenFile() throws IOException {
        byte[] written = written();
        if (Boolean.getBoolean("needlefs.golden.write")) {
            Files.write(Path.of("src/test/resources" + GOLDEN), written);
        }
        assertThat(written).isEqualTo(golden());
    }

    @Test
    void theGoldenFileIsRead() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(1);
        disk.create(SegmentHeader.fileName(1)).close();
        disk.overwrite(SegmentHeader.fileName(1), 0, golden());
        try (SegmentLog log = SegmentLog.open(disk, LogFixture.config(128 << 10))) {
            assertThat(log.lastSequence()).isEqualTo(3);
            Collected found = Collected.of(log);
            assertThat(found.damages).isEmpty();
            ByteBuffer[] bodies = bodies();
            for (int index = 0; index < bodies.length; index++) {
                assertThat(found.bodies.get(index + 1L)).isEqualTo(bodies[index]);
                assertThat(LogFixture.read(log, found.position(index + 1L))).isEqualTo(bodies[index]);
            }
        }
    }

    @Test
    void theMostThatFitsARecordFitsAndOneByteMoreDoesNot() {
        for (long room = 40; room < 200_000; room += 8) {
            long body = RecordFormat.bodyFittingBytes(room);
            assertThat(RecordFormat.recordSizeBytes(body)).isLessThanOrEqualTo(room);
            assertThat(RecordFormat.recordSizeBytes(body + 1))
                    .as("room %d", room)
                    .isGreaterThan(room);
        }
    }
}
