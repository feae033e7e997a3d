package org.needlefs.storage.needle.format;

import java.nio.ByteBuffer;
import org.needlefs.storage.Check;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;

/**
 * What stands before a needle's body in its record, and all of a tombstone. Big-endian:
 *
 * <pre>
 *  offset size field
 *       0    1 format version, 1
 *       1    1 flags: 1 tombstone, 2 compressed, 4 encrypted; the last two are reserved
 *       2    6 zero
 *       8   16 object id
 *      24    8 ring epoch in which the object was written
 *      32    8 creation time, milliseconds since 1970-01-01T00:00Z; of a tombstone: time of the delete
 *      40    8 size of the body in bytes; 0 in a tombstone
 *      48   32 SHA-256 of the body; zero in a tombstone
 *      80    8 previous sequence
 *      88    8 killed sequence; 0 in a needle
 *      96      body
 * </pre>
 *
 * <p>The record around it carries the checksums of header and body.
 *
 * <p><em>Previous sequence</em>: compaction copies a needle; the copy names the record that it was taken from, 0 in the
 * first one. Until that record's container is removed both exist. A tombstone repeats the field of the needle that it deletes.
 * <em>Killed sequence</em>: a tombstone ends all records of its object up to this sequence. So a tombstone that
 * compaction has moved behind a later needle of the same id does not delete that one; and once the two records that it
 * names are gone, it may go itself.
 *
 * @param previousSequence see above
 * @param killedSequence see above
 */
public record NeedleHeader(
        ObjectId id,
        int flags,
        long epoch,
        long createdMillis,
        long sizeBytes,
        Sha256 digest,
        long previousSequence,
        long killedSequence) {
    public static final int SIZE_BYTES = 96;

    /** A needle's body is at most this long. */
    public static final long BODY_SIZE_BYTES_MAX = 64L << 20;

    public static final int VERSION = 1;
    public static final int TOMBSTONE = 1;

    public NeedleHeader {
        Check.that(flags == 0 || flags == TOMBSTONE, "flags %d", flags);
        Check.that(sizeBytes >= 0 && sizeBytes <= BODY_SIZE_BYTES_MAX, "size %d", sizeBytes);
        Check.that((flags == TOMBSTONE) == (killedSequence > 0), "flags %d kill up to %d", flags, killedSequence);
        Check.that(previousSequence >= 0, "previous sequence %d", previousSequence);
    }

    public static NeedleHeader needle(ObjectId id, long epoch, long createdMillis, long sizeBytes, Sha256 digest) {
        return new NeedleHeader(id, 0, epoch, createdMillis, sizeBytes, digest, 0, 0);
    }

    public static NeedleHeader tombstone(
            ObjectId id, long epoch, long createdMillis, long killedSequence, long previousSequence) {
        return new NeedleHeader(id, TOMBSTONE, epoch, createdMillis, 0, Sha256.NONE, previousSequence, killedSequence);
    }

    public boolean isTombstone() {
        return (flags & TOMBSTONE) != 0;
    }

    /** The header of a copy of this needle. */
    public NeedleHeader copyOf(long sequence) {
        return new NeedleHeader(id, flags, epoch, createdMillis, sizeBytes, digest, sequence, killedSequence);
    }

    /** Writes 96 bytes at the buffer's position and advances it. */
    public void writeTo(ByteBuffer buffer) {
        buffer.put((byte) VERSION).put((byte) flags).putShort((short) 0).putInt(0);
        id.writeTo(buffer);
        buffer.putLong(epoch).putLong(createdMillis).putLong(sizeBytes);
        digest.writeTo(buffer);
        buffer.putLong(previousSequence).putLong(killedSequence);
    }

    /**
     * Reads 96 bytes from the buffer's position and advances it.
     *
     * @throws CorruptDataException they make no sense
     */
    public static NeedleHeader readFrom(ByteBuffer buffer) throws CorruptDataException {
        if (buffer.remaining() < SIZE_BYTES) {
            throw new CorruptDataException("a needle's header of " + buffer.remaining() + " bytes");
        }
        int version = buffer.get();
        int flags = buffer.get();
        short zeroShort = buffer.getShort();
        int zeroInt = buffer.getInt();
        if (version != VERSION || (flags & ~TOMBSTONE) != 0 || zeroShort != 0 || zeroInt != 0) {
            throw new CorruptDataException("a needle's header of version " + version + " with flags " + flags);
        }
        ObjectId id = ObjectId.readFrom(buffer);
        long epoch = buffer.getLong();
        long createdMillis = buffer.getLong();
        long sizeBytes = buffer.getLong();
        Sha256 digest = Sha256.readFrom(buffer);
        long previousSequence = buffer.getLong();
        long killedSequence = buffer.getLong();
        boolean sane = sizeBytes >= 0
                && sizeBytes <= BODY_SIZE_BYTES_MAX
                && previousSequence >= 0
                && (flags == TOMBSTONE ? killedSequence > 0 && sizeBytes == 0 : killedSequence == 0);
        if (!sane) {
            throw new CorruptDataException("the header of needle " + id + " contradicts itself");
        }
        return new NeedleHeader(id, flags, epoch, createdMillis, sizeBytes, digest, previousSequence, killedSequence);
    }
}
