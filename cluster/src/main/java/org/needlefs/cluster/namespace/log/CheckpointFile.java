package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.cluster.namespace.store.BulkLoad;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.disk.DiskFile;

/**
 * All rows of the state after one command, in a file.
 *
 * <pre>
 * 8 bytes  magic, {@link #MAGIC}
 * 4 bytes  format version, {@link #FORMAT_VERSION}
 * 8 bytes  index of the last command
 * 4 bytes  CRC32C of the 20 bytes before
 * blocks, each:
 *   4 bytes  size of the payload
 *   4 bytes  CRC32C of the payload
 *   payload: rows, each:
 *     byte      table from 1 on, in the order of NamespaceState; 0 in the last row, after which comes
 *               a varint, the count of all rows, and the end of the file
 *     16 bytes  key
 *     varint    size of the value
 *     n bytes   value with its checksum, as in Xodus
 * </pre>
 * All numbers are big-endian.
 */
final class CheckpointFile {
    static final long MAGIC = 0x4E65656443686B31L;
    static final int FORMAT_VERSION = 1;
    private static final int HEADER_BYTES = 24;
    private static final int BLOCK_HEADER_BYTES = 8;
    private static final int BLOCK_BYTES = 1 << 18;
    private static final int PAYLOAD_BYTES_MAX = 16 << 20;

    private CheckpointFile() {}

    /** Writes the snapshot and syncs the file. Returns its size. */
    static long write(DiskFile file, StateSnapshot snapshot) throws IOException {
        Writer writer = new Writer(file);
        ByteWriter header = new ByteWriter(HEADER_BYTES);
        header.putLong(MAGIC).putInt(FORMAT_VERSION).putLong(snapshot.index());
        header.putInt(checksum(header.toBytes()));
        writer.put(header.lent());
        for (int i = 0; i < snapshot.tables().size(); i++) {
            int number = i + 1;
            snapshot.scanStored(
                    snapshot.tables().get(i), (key, value, sizeBytes) -> writer.row(number, key, value, sizeBytes));
        }
        return writer.finish();
    }

    /** Reads a file into an empty store. Returns the index of the last command. */
    static long read(DiskFile file, BulkLoad load) throws IOException {
        long index = index(file);
        long offset = HEADER_BYTES;
        long rowCount = 0;
        boolean ended = false;
        while (!ended) {
            byte[] payload = payload(file, offset);
            offset += BLOCK_HEADER_BYTES + payload.length;
            ByteReader in = new ByteReader(payload);
            while (in.remainingBytes() > 0 && !ended) {
                int table = in.takeByte();
                if (table == 0) {
                    ended = true;
                    checkEnd(file, in, rowCount, offset);
                } else {
                    Key key = new Key(in.takeLong(), in.takeLong());
                    load.row(table - 1, key, in.takeBytes());
                    rowCount++;
                }
            }
        }
        load.finish(index);
        return index;
    }

    private static void checkEnd(DiskFile file, ByteReader in, long rowCount, long offset) throws IOException {
        long expected = in.takeVarint();
        in.end();
        if (expected != rowCount || file.sizeBytes() != offset) {
            throw new CorruptDataException(file.name() + " has " + rowCount + " rows and should have " + expected);
        }
    }

    /** The index of the last command that the file contains. */
    static long index(DiskFile file) throws IOException {
        byte[] header = bytes(file, 0, HEADER_BYTES);
        ByteReader in = new ByteReader(header);
        if (in.takeLong() != MAGIC) {
            throw new CorruptDataException(file.name() + " is no checkpoint");
        }
        int version = in.takeInt();
        if (version != FORMAT_VERSION) {
            throw new CorruptDataException(
                    file.name() + " is of format " + version + ", this program reads " + FORMAT_VERSION);
        }
        long index = in.takeLong();
        if (in.takeInt() != checksum(Arrays.copyOf(header, HEADER_BYTES - 4))) {
            throw new CorruptDataException("the header of " + file.name() + " does not match its checksum");
        }
        return index;
    }

    private static byte[] payload(DiskFile file, long offset) throws IOException {
        ByteReader header = new ByteReader(bytes(file, offset, BLOCK_HEADER_BYTES));
        int sizeBytes = header.takeInt();
        int checksum = header.takeInt();
        if (sizeBytes <= 0 || sizeBytes > PAYLOAD_BYTES_MAX) {
            throw new CorruptDataException(file.name() + " has a block of " + sizeBytes + " bytes at " + offset);
        }
        byte[] payload = bytes(file, offset + BLOCK_HEADER_BYTES, sizeBytes);
        if (checksum(payload) != checksum) {
            throw new CorruptDataException(file.name() + " does not match its checksum at " + offset);
        }
        return payload;
    }

    private static byte[] bytes(DiskFile file, long offset, int sizeBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(sizeBytes);
        if (file.read(offset, buffer) < sizeBytes) {
            throw new CorruptDataException(file.name() + " ends at " + file.sizeBytes());
        }
        return buffer.array();
    }

    private static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length);
        return (int) checksum.getValue();
    }

    /** Gathers rows into blocks. */
    private static final class Writer {
        private final DiskFile file;
        private final ByteWriter payload = new ByteWriter(BLOCK_BYTES + (1 << 16));
        private long offset;
        private long rowCount;

        Writer(DiskFile file) {
            this.file = file;
        }

        void put(ByteBuffer bytes) throws IOException {
            int sizeBytes = bytes.remaining();
            file.write(offset, bytes);
            offset += sizeBytes;
        }

        void row(int table, Key key, byte[] value, int sizeBytes) throws IOException {
            payload.putByte(table).putLong(key.high()).putLong(key.low());
            payload.putBytes(Arrays.copyOf(value, sizeBytes));
            rowCount++;
            if (payload.sizeBytes() >= BLOCK_BYTES) {
                block();
            }
        }

        long finish() throws IOException {
            payload.putByte(0).putVarint(rowCount);
            block();
            file.sync();
            return offset;
        }

        private void block() throws IOException {
            ByteWriter header = new ByteWriter(BLOCK_HEADER_BYTES);
            header.putInt(payload.sizeBytes()).putInt(checksum(payload.toBytes()));
            put(header.lent());
            put(payload.lent());
            payload.clear();
        }
    }
}
