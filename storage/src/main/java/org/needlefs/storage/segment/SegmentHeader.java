package org.needlefs.storage.segment;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.needlefs.storage.CorruptDataException;

/**
 * The first 4 KiB of a segment file, written once and durable before the file gets its name. Two copies, at 0 and at
 * 2048, each in a sector of its own: one damaged sector does not take a whole segment with it. All numbers big-endian.
 *
 * <pre>
 * offset  bytes  field
 *      0      8  magic 4e 45 45 44 4c 53 45 47 "NEEDLSEG"
 *      8      4  format version, 1
 *     12      4  size of this header, 4096: the first record starts there
 *     16     16  cluster id
 *     32     16  disk id
 *     48      8  segment number, also in the file's name
 *     56      8  sequence of the first record
 *     64      8  nonce: random, part of every record's checksum
 *     72      4  CRC32C of bytes 0-71
 *     76   1972  zeros
 *   2048     76  the same once more
 *   2124   1972  zeros
 * </pre>
 */
record SegmentHeader(UUID clusterId, UUID diskId, long segment, long firstSequence, long nonce) {
    static final int SIZE_BYTES = 4096;
    static final int VERSION = 1;

    private static final long MAGIC = 0x4e4545444c534547L;
    private static final int COPY_AT = 2048;
    private static final int CHECKSUM_AT = 72;
    private static final String PREFIX = "segment-";
    private static final int NAME_LENGTH = PREFIX.length() + 16;

    /** The file of a segment: its number in 16 hexadecimal digits, so that names sort as numbers do. */
    static String fileName(long segment) {
        return PREFIX + String.format("%016x", segment);
    }

    /** The segment that a file's name means; empty for other files. */
    static Optional<Long> segmentOf(String fileName) {
        if (fileName.length() != NAME_LENGTH || !fileName.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            long segment = Long.parseLong(fileName, PREFIX.length(), NAME_LENGTH, 16);
            return segment > 0 && fileName(segment).equals(fileName) ? Optional.of(segment) : Optional.empty();
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    ByteBuffer encoded() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE_BYTES);
        encodeAt(bytes, 0);
        encodeAt(bytes, COPY_AT);
        return bytes.clear();
    }

    private void encodeAt(ByteBuffer bytes, int start) {
        bytes.position(start);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(SIZE_BYTES);
        bytes.putLong(clusterId.getMostSignificantBits()).putLong(clusterId.getLeastSignificantBits());
        bytes.putLong(diskId.getMostSignificantBits()).putLong(diskId.getLeastSignificantBits());
        bytes.putLong(segment).putLong(firstSequence).putLong(nonce);
        bytes.putInt(checksum(bytes, start));
    }

    /** @param damagedCopies how many of the two are unreadable: 0 or 1 */
    record Decoded(SegmentHeader header, int damagedCopies) {}

    /**
     * @param bytes the file's beginning, as much as there is of {@link #SIZE_BYTES}
     * @throws CorruptDataException neither copy is intact, or the format is one that this version cannot read
     */
    static Decoded decode(String where, ByteBuffer bytes) throws CorruptDataException {
        Optional<SegmentHeader> first = decodeAt(where, bytes, 0);
        Optional<SegmentHeader> second = decodeAt(where, bytes, COPY_AT);
        if (first.isEmpty() && second.isEmpty()) {
            throw new CorruptDataException(where + ": no intact segment header at 0 or " + COPY_AT
                    + (bytes.limit() >= Long.BYTES
                            ? String.format(": expected magic %016x, found %016x", MAGIC, bytes.getLong(0))
                            : ": the file has " + bytes.limit() + " bytes"));
        }
        return new Decoded(first.or(() -> second).orElseThrow(), first.isPresent() && second.isPresent() ? 0 : 1);
    }

    private static Optional<SegmentHeader> decodeAt(String where, ByteBuffer bytes, int start)
            throws CorruptDataException {
        if (bytes.limit() < start + CHECKSUM_AT + Integer.BYTES
                || bytes.getLong(start) != MAGIC
                || bytes.getInt(start + CHECKSUM_AT) != checksum(bytes, start)) {
            return Optional.empty();
        }
        int version = bytes.getInt(start + 8);
        if (version != VERSION || bytes.getInt(start + 12) != SIZE_BYTES) {
            throw new CorruptDataException(where + ": segment format version " + version
                    + ", this program reads version " + VERSION + (version > VERSION ? ": use a newer program" : ""));
        }
        return Optional.of(new SegmentHeader(
                new UUID(bytes.getLong(start + 16), bytes.getLong(start + 24)),
                new UUID(bytes.getLong(start + 32), bytes.getLong(start + 40)),
                bytes.getLong(start + 48),
                bytes.getLong(start + 56),
                bytes.getLong(start + 64)));
    }

    private static int checksum(ByteBuffer bytes, int start) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(start + CHECKSUM_AT).position(start));
        return (int) crc.getValue();
    }
}
