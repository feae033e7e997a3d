package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.needlefs.storage.Check;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.DiskFile;

/**
 * Reads ranges of bodies and verifies the header and each 64 KiB block touched. A small record costs one system call;
 * of a large one, whole blocks go straight into the caller's buffer. Threading: any. Throws
 * {@link CorruptDataException} naming file, offset, what was expected and what was found.
 */
final class RecordReader {
    private final BufferPool pool;

    /** @param pool of buffers that hold at least two blocks */
    RecordReader(BufferPool pool) {
        Check.that(pool.sizeBytes() >= 2 * RecordFormat.BLOCK_SIZE_BYTES, "read buffers of %d bytes", pool.sizeBytes());
        this.pool = pool;
    }

    void read(DiskFile file, long nonce, RecordPosition position, long bodyOffsetBytes, ByteBuffer into)
            throws IOException {
        long endBytes = bodyOffsetBytes + into.remaining();
        int firstBlock = (int) (bodyOffsetBytes / RecordFormat.BLOCK_SIZE_BYTES);
        int endBlock = RecordFormat.blockCount(endBytes);
        int headerBytes = RecordFormat.headerSizeBytes(position.bodySizeBytes());
        long blocksEndBytes = Math.min((long) endBlock * RecordFormat.BLOCK_SIZE_BYTES, position.bodySizeBytes());
        ByteBuffer scratch = pool.take();
        try {
            if (headerBytes + blocksEndBytes <= scratch.capacity()) {
                fill(file, position.offsetBytes(), scratch.limit((int) (headerBytes + blocksEndBytes)));
                verifyHeader(file, nonce, position, scratch.limit(headerBytes));
                scratch.limit((int) (headerBytes + blocksEndBytes));
                for (int block = firstBlock; block < endBlock; block++) {
                    ByteBuffer bytes = scratch.slice(
                            headerBytes + block * RecordFormat.BLOCK_SIZE_BYTES, blockSizeBytes(position, block));
                    verifyBlock(file, position, scratch, block, bytes);
                }
                into.put(scratch.slice(headerBytes + (int) bodyOffsetBytes, into.remaining()));
                return;
            }
            ByteBuffer header = headerBytes <= RecordFormat.BLOCK_SIZE_BYTES
                    ? scratch.slice(0, headerBytes)
                    : ByteBuffer.allocateDirect(headerBytes);
            fill(file, position.offsetBytes(), header);
            verifyHeader(file, nonce, position, header.flip());
            ByteBuffer edge = scratch.slice(RecordFormat.BLOCK_SIZE_BYTES, RecordFormat.BLOCK_SIZE_BYTES);
            readBlocks(file, position, header, bodyOffsetBytes, into, edge);
        } finally {
            pool.give(scratch);
        }
    }

    private static void readBlocks(
            DiskFile file,
            RecordPosition position,
            ByteBuffer header,
            long bodyOffsetBytes,
            ByteBuffer into,
            ByteBuffer edge)
            throws IOException {
        long bodyAt = position.offsetBytes() + header.limit();
        long at = bodyOffsetBytes;
        int end = into.limit();
        while (into.position() < end) {
            int block = (int) (at / RecordFormat.BLOCK_SIZE_BYTES);
            int withinBytes = (int) (at % RecordFormat.BLOCK_SIZE_BYTES);
            int wholeBytes = withinBytes == 0 ? wholeBlocksBytes(position, at, end - into.position()) : 0;
            if (wholeBytes > 0) {
                ByteBuffer straight = into.slice(into.position(), wholeBytes);
                fill(file, bodyAt + at, straight);
                verifyBlocks(file, position, header, block, straight.flip());
                into.position(into.position() + wholeBytes);
                at += wholeBytes;
                continue;
            }
            edge.clear().limit(blockSizeBytes(position, block));
            fill(file, bodyAt + at - withinBytes, edge);
            verifyBlock(file, position, header, block, edge.flip());
            int count = Math.min(edge.limit() - withinBytes, end - into.position());
            into.put(edge.slice(withinBytes, count));
            at += count;
        }
    }

    /** How much of a range that starts with a block consists of whole blocks; the body's last one may be short. */
    private static int wholeBlocksBytes(RecordPosition position, long at, int rangeBytes) {
        return at + rangeBytes == position.bodySizeBytes()
                ? rangeBytes
                : rangeBytes - rangeBytes % RecordFormat.BLOCK_SIZE_BYTES;
    }

    private static int blockSizeBytes(RecordPosition position, int block) {
        long at = (long) block * RecordFormat.BLOCK_SIZE_BYTES;
        return (int) Math.min(RecordFormat.BLOCK_SIZE_BYTES, position.bodySizeBytes() - at);
    }

    private static void fill(DiskFile file, long offsetBytes, ByteBuffer into) throws IOException {
        int wanted = into.remaining();
        int count = file.read(offsetBytes, into);
        if (count < wanted) {
            throw new CorruptDataException(String.format(
                    "%s at %d: expected %d bytes, found %d: the file ends", file.name(), offsetBytes, wanted, count));
        }
    }

    private static void verifyHeader(DiskFile file, long nonce, RecordPosition position, ByteBuffer header)
            throws CorruptDataException {
        Optional<String> fault = RecordFormat.implausible(header, Long.MAX_VALUE);
        if (fault.isEmpty() && RecordFormat.bodySizeBytes(header) != position.bodySizeBytes()) {
            fault = Optional.of("expected a body of " + position.bodySizeBytes() + " bytes, found one of "
                    + RecordFormat.bodySizeBytes(header));
        }
        if (fault.isEmpty()) {
            fault = RecordFormat.faultOf(header, nonce, position.offsetBytes());
        }
        if (fault.isPresent()) {
            throw new CorruptDataException(file.name() + ", record at " + position.offsetBytes() + ": " + fault.get());
        }
    }

    private static void verifyBlocks(
            DiskFile file, RecordPosition position, ByteBuffer header, int firstBlock, ByteBuffer bytes)
            throws CorruptDataException {
        int block = firstBlock;
        for (int at = 0; at < bytes.limit(); at += RecordFormat.BLOCK_SIZE_BYTES) {
            int count = Math.min(RecordFormat.BLOCK_SIZE_BYTES, bytes.limit() - at);
            verifyBlock(file, position, header, block, bytes.slice(at, count));
            block++;
        }
    }

    /** Leaves the bytes' position as it was. */
    private static void verifyBlock(
            DiskFile file, RecordPosition position, ByteBuffer header, int block, ByteBuffer bytes)
            throws CorruptDataException {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        int found = (int) crc.getValue();
        int expected = header.getInt(RecordFormat.tableEntryAt(block));
        if (found != expected) {
            throw new CorruptDataException(String.format(
                    "%s, record at %d, body block %d (offset %d): expected checksum %08x, found %08x",
                    file.name(),
                    position.offsetBytes(),
                    block,
                    position.offsetBytes()
                            + RecordFormat.headerSizeBytes(position.bodySizeBytes())
                            + (long) block * RecordFormat.BLOCK_SIZE_BYTES,
                    expected,
                    found));
        }
    }
}
