package org.needlefs.cluster.namespace.store;

import java.util.zip.CRC32C;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.storage.CorruptDataException;

/**
 * How a row stands in Xodus and in a checkpoint.
 *
 * <pre>
 * key    8 bytes  high, big-endian
 *        8 bytes  low
 * value  n bytes  as the table's codec has it
 *        4 bytes  CRC32C of the key and the n bytes, big-endian
 * </pre>
 */
final class RowFormat {
    private static final int CHECKSUM_BYTES = 4;

    private RowFormat() {}

    static ByteIterable key(Key key) {
        return new ArrayByteIterable(keyBytes(key));
    }

    static byte[] keyBytes(Key key) {
        byte[] bytes = new byte[Key.SIZE_BYTES];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (key.high() >>> (56 - 8 * i));
            bytes[8 + i] = (byte) (key.low() >>> (56 - 8 * i));
        }
        return bytes;
    }

    static Key key(ByteIterable iterable) throws CorruptDataException {
        if (iterable.getLength() != Key.SIZE_BYTES) {
            throw new CorruptDataException("a key of " + iterable.getLength() + " bytes");
        }
        ByteReader in = new ByteReader(iterable.getBytesUnsafe(), 0, Key.SIZE_BYTES);
        return new Key(in.takeLong(), in.takeLong());
    }

    /** The value of a row with its checksum; {@code scratch} is overwritten. */
    static <V> ByteIterable value(Key key, V value, RowCodec<V> codec, ByteWriter scratch) {
        codec.put(scratch.clear(), value);
        byte[] plain = scratch.toBytes();
        scratch.putInt(checksum(keyBytes(key), plain, plain.length));
        byte[] bytes = scratch.toBytes();
        return new ArrayByteIterable(bytes, bytes.length);
    }

    static <V> V value(Key key, ByteIterable iterable, RowCodec<V> codec, String table) throws CorruptDataException {
        byte[] bytes = iterable.getBytesUnsafe();
        return value(key, bytes, iterable.getLength(), codec, table);
    }

    static <V> V value(Key key, byte[] bytes, int sizeBytes, RowCodec<V> codec, String table)
            throws CorruptDataException {
        int plainBytes = sizeBytes - CHECKSUM_BYTES;
        if (plainBytes < 0) {
            throw new CorruptDataException("row " + key + " of " + table + " has no checksum");
        }
        int stored = new ByteReader(bytes, plainBytes, sizeBytes).takeInt();
        if (stored != checksum(keyBytes(key), bytes, plainBytes)) {
            throw new CorruptDataException("row " + key + " of " + table + " does not match its checksum");
        }
        ByteReader in = new ByteReader(bytes, 0, plainBytes);
        V value = codec.take(in, key);
        in.end();
        return value;
    }

    private static int checksum(byte[] key, byte[] value, int valueBytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(key, 0, key.length);
        checksum.update(value, 0, valueBytes);
        return (int) checksum.getValue();
    }
}
