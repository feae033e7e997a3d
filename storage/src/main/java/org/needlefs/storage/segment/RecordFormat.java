package org.needlefs.storage.segment;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a record stands in a segment file. All numbers big-endian; records start at multiples of 8 bytes, the gap behind
 * a body is zeros.
 *
 * <pre>
 * offset  bytes  field
 *      0      4  magic 4e 52 45 43 "NREC"
 *      4      1  format version, 1
 *      5      1  type: the user's
 *      6      2  flags: 1 = marker (no body; takes no sequence of its own, repeats the last), others 0
 *      8      8  body size B in bytes
 *     16      8  sequence
 *     24      8  durable sequence: the last record known to be durable when this one was appended
 *     32      4  CRC32C of: the segment's nonce (8), this record's offset in the file (8), bytes 0-31, the table
 *     36     4n  table: CRC32C of each 64 KiB block of the body, n = ceil(B / 65536)
 *  36+4n      B  body
 * </pre>
 *
 * Nonce and offset are in the checksum so that a record is valid in one place of one file only: a copy of a segment
 * file stored as somebody's data never passes for records.
 */
final class RecordFormat {
    static final int MAGIC = 0x4e524543;
    static final byte VERSION = 1;
    static final int FLAG_MARKER = 1;
    static final int BLOCK_SIZE_BYTES = 64 * 1024;
    static final int FIXED_SIZE_BYTES = 36;
    static final int ALIGNMENT_BYTES = 8;
    /** A marker with its gap: the room that is kept free at the end of every segment. */
    static final int MARKER_SIZE_BYTES = 40;

    static final long BODY_SIZE_MAX_BYTES = 1L << 40;

    private static final int FLAGS_AT = 6;
    private static final int BODY_SIZE_AT = 8;
    private static final int CHECKSUM_AT = 32;

    private RecordFormat() {}

    static int blockCount(long bodySizeBytes) {
        return (int) ((bodySizeBytes + BLOCK_SIZE_BYTES - 1) / BLOCK_SIZE_BYTES);
    }

    static int headerSizeBytes(long bodySizeBytes) {
        return FIXED_SIZE_BYTES + Integer.BYTES * blockCount(bodySizeBytes);
    }

    /** Header, body and gap. */
    static long recordSizeBytes(long bodySizeBytes) {
        return align(headerSizeBytes(bodySizeBytes) + bodySizeBytes);
    }

    /** The largest body of a record of at most {@code recordSizeBytes}. */
    static long bodyFittingBytes(long recordSizeBytes) {
        long body = Math.min(recordSizeBytes, BODY_SIZE_MAX_BYTES);
        while (body > 0 && recordSizeBytes(body) > recordSizeBytes) {
            body -= Math.max(1, recordSizeBytes(body) - recordSizeBytes - ALIGNMENT_BYTES);
        }
        return Math.max(0, body);
    }

    static long align(long offsetBytes) {
        return (offsetBytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /** Puts the checksums of the body's blocks where the table belongs in {@code header}; leaves the buffers as they are. */
    static void putTable(ByteBuffer header, ByteBuffer... body) {
        CRC32C crc = new CRC32C();
        int at = FIXED_SIZE_BYTES;
        int roomBytes = BLOCK_SIZE_BYTES;
        for (ByteBuffer part : body) {
            ByteBuffer rest = part.duplicate();
            int end = rest.limit();
            while (rest.position() < end) {
                int pieceBytes = Math.min(roomBytes, end - rest.position());
                crc.update(rest.limit(rest.position() + pieceBytes));
                roomBytes -= pieceBytes;
                if (roomBytes == 0) {
                    header.putInt(at, (int) crc.getValue());
                    crc.reset();
                    at += Integer.BYTES;
                    roomBytes = BLOCK_SIZE_BYTES;
                }
            }
        }
        if (roomBytes < BLOCK_SIZE_BYTES) {
            header.putInt(at, (int) crc.getValue());
        }
    }

    /** Completes a header whose table is in place; position 0, limit its size afterwards. */
    static void putHeader(ByteBuffer buffer, RecordHeader header, long nonce, long offsetBytes) {
        buffer.clear().limit(headerSizeBytes(header.bodySizeBytes()));
        buffer.putInt(0, MAGIC)
                .put(4, VERSION)
                .put(5, header.type())
                .putShort(FLAGS_AT, (short) (header.marker() ? FLAG_MARKER : 0))
                .putLong(BODY_SIZE_AT, header.bodySizeBytes())
                .putLong(16, header.sequence())
                .putLong(24, header.durableSequence());
        buffer.putInt(CHECKSUM_AT, checksum(buffer, nonce, offsetBytes));
    }

    /**
     * Looks at a header's first {@link #FIXED_SIZE_BYTES} and says why they cannot be one, before anything is verified:
     * empty if the body's size may be believed so far as to read the rest of the header.
     */
    static Optional<String> implausible(ByteBuffer fixed, long roomBytes) {
        if (fixed.getInt(0) != MAGIC) {
            return Optional.of(String.format("expected magic %08x, found %08x", MAGIC, fixed.getInt(0)));
        }
        if (fixed.get(4) != VERSION) {
            return Optional.of("expected record version " + VERSION + ", found " + fixed.get(4));
        }
        long bodySizeBytes = fixed.getLong(BODY_SIZE_AT);
        if (bodySizeBytes < 0
                || bodySizeBytes > BODY_SIZE_MAX_BYTES
                || headerSizeBytes(bodySizeBytes) + bodySizeBytes > roomBytes) {
            return Optional.of("expected a body that fits the " + roomBytes + " bytes there are, found a size of "
                    + bodySizeBytes);
        }
        return Optional.empty();
    }

    static long bodySizeBytes(ByteBuffer fixed) {
        return fixed.getLong(BODY_SIZE_AT);
    }

    /** Says why a whole, plausible header (position 0, limit its size) is not intact; empty if it is. */
    static Optional<String> faultOf(ByteBuffer header, long nonce, long offsetBytes) {
        int expected = header.getInt(CHECKSUM_AT);
        int found = checksum(header, nonce, offsetBytes);
        if (found == expected) {
            return Optional.empty();
        }
        return Optional.of(String.format("header checksum: expected %08x, found %08x", expected, found));
    }

    /** Of an intact header. */
    static RecordHeader header(ByteBuffer header) {
        return new RecordHeader(
                header.get(5),
                (header.getShort(FLAGS_AT) & FLAG_MARKER) != 0,
                header.getLong(BODY_SIZE_AT),
                header.getLong(16),
                header.getLong(24));
    }

    /** Where in a record the checksum of a block stands. */
    static int tableEntryAt(int block) {
        return FIXED_SIZE_BYTES + Integer.BYTES * block;
    }

    private static int checksum(ByteBuffer header, long nonce, long offsetBytes) {
        CRC32C crc = new CRC32C();
        byte[] place = new byte[2 * Long.BYTES];
        crc.update(ByteBuffer.wrap(place).putLong(nonce).putLong(offsetBytes).flip());
        ByteBuffer bytes = header.duplicate();
        crc.update(bytes.limit(CHECKSUM_AT).position(0));
        crc.update(bytes.limit(header.limit()).position(FIXED_SIZE_BYTES));
        return (int) crc.getValue();
    }
}
