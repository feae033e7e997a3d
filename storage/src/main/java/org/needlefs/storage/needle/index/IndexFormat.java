package org.needlefs.storage.needle.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.NeedleHeader;

/**
 * Keys and values in the index. Xodus checks nothing that it reads, so each value ends in a CRC32C over its key and itself.
 *
 * <pre>
 *  store     key                                  value, then 4 bytes CRC32C over key and value
 *  needles   object id (16)                       needle header (96), sequence (8), segment (8), offset (8)
 *  dead      segment (8), batch (8)               offsets of records that died in this batch, 8 bytes each, ascending
 *  segments  segment (8)                          dead bytes, dead count, tombstone bytes, lowest and highest killed
 *                                                 sequence (8 each)
 *  state     0 (1)                                format version, watermark, last sequence seen, last batch (8 each)
 * </pre>
 */
final class IndexFormat {
    static final long VERSION = 1;
    static final ByteIterable STATE_KEY = ArrayByteIterable.fromByte((byte) 0);

    private static final int CRC_SIZE_BYTES = Integer.BYTES;
    private static final int ENTRY_SIZE_BYTES = NeedleHeader.SIZE_BYTES + 3 * Long.BYTES;

    private IndexFormat() {}

    static ByteIterable key(ObjectId id) {
        ByteBuffer buffer = ByteBuffer.allocate(ObjectId.SIZE_BYTES);
        id.writeTo(buffer);
        return new ArrayByteIterable(buffer.array());
    }

    static ByteIterable key(long first) {
        return new ArrayByteIterable(
                ByteBuffer.allocate(Long.BYTES).putLong(first).array());
    }

    static ByteIterable key(long first, long second) {
        return new ArrayByteIterable(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(first)
                .putLong(second)
                .array());
    }

    static long firstLong(ByteIterable key) {
        return buffer(key).getLong(0);
    }

    static ObjectId objectId(ByteIterable key) throws CorruptDataException {
        if (key.getLength() != ObjectId.SIZE_BYTES) {
            throw new CorruptDataException("an object id of " + key.getLength() + " bytes in the index");
        }
        return ObjectId.readFrom(buffer(key));
    }

    static ByteIterable value(ByteIterable key, IndexEntry entry) {
        ByteBuffer buffer = ByteBuffer.allocate(ENTRY_SIZE_BYTES + CRC_SIZE_BYTES);
        entry.header().writeTo(buffer);
        buffer.putLong(entry.sequence()).putLong(entry.segment()).putLong(entry.offsetBytes());
        return sealed(key, buffer);
    }

    static IndexEntry entry(ByteIterable key, ByteIterable value) throws CorruptDataException {
        ByteBuffer buffer = checked(key, value, ENTRY_SIZE_BYTES);
        NeedleHeader header = NeedleHeader.readFrom(buffer);
        return new IndexEntry(header, buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    static ByteIterable value(ByteIterable key, long... numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Long.BYTES + CRC_SIZE_BYTES);
        for (long number : numbers) {
            buffer.putLong(number);
        }
        return sealed(key, buffer);
    }

    static long[] numbers(ByteIterable key, ByteIterable value) throws CorruptDataException {
        ByteBuffer buffer = checked(key, value, value.getLength() - CRC_SIZE_BYTES);
        long[] numbers = new long[buffer.remaining() / Long.BYTES];
        buffer.asLongBuffer().get(numbers);
        return numbers;
    }

    /** Takes a buffer of exactly the value's size, filled up to the CRC. */
    private static ByteIterable sealed(ByteIterable key, ByteBuffer value) {
        int crc = crc(key, value.duplicate().flip());
        byte[] bytes = new byte[value.capacity()];
        value.putInt(crc).flip().get(bytes);
        return new ArrayByteIterable(bytes);
    }

    /** The value without its CRC, which has been compared. */
    private static ByteBuffer checked(ByteIterable key, ByteIterable value, int sizeBytes) throws CorruptDataException {
        ByteBuffer buffer = buffer(value);
        if (sizeBytes < 0 || buffer.remaining() != sizeBytes + CRC_SIZE_BYTES) {
            throw new CorruptDataException("a value of " + value.getLength() + " bytes in the index");
        }
        int expected = buffer.getInt(sizeBytes);
        buffer.limit(sizeBytes);
        if (crc(key, buffer.duplicate()) != expected) {
            throw new CorruptDataException("a value in the index does not match its checksum");
        }
        return buffer;
    }

    private static int crc(ByteIterable key, ByteBuffer value) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytesUnsafe(), 0, key.getLength());
        crc.update(value);
        return (int) crc.getValue();
    }

    private static ByteBuffer buffer(ByteIterable bytes) {
        return ByteBuffer.wrap(bytes.getBytesUnsafe(), 0, bytes.getLength());
    }
}
