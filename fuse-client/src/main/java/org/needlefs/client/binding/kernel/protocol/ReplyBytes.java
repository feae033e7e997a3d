package org.needlefs.client.binding.kernel.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Name;
import org.needlefs.storage.Check;

/**
 * One reply as the kernel reads it: a header ({@code fuse_out_header}) and a body, written from front to back.
 *
 * <p>Every byte of the body is written, because the memory still holds the reply before. Threading: one thread.
 */
public final class ReplyBytes {
    /** len, error, unique. */
    public static final int HEADER_SIZE = 16;

    /** Size of {@code fuse_entry_out}. */
    static final int ENTRY_SIZE = 128;

    private static final int LENGTH = 0;
    private static final int ERROR = 4;
    private static final int UNIQUE = 8;

    /** {@code st_blksize}: programs that size their buffers by it make few, large requests. */
    private static final int PREFERRED_BLOCK_SIZE = 64 << 10;

    private static final int SECTOR_SIZE = 512;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final MemorySegment buffer;
    private final ByteBuffer view;
    private final long cacheSeconds;
    private final int cacheNanos;
    private int position;

    /** @param cacheMillis how long the kernel may believe the names and attributes of this reply */
    public ReplyBytes(MemorySegment buffer, long cacheMillis) {
        this.buffer = buffer;
        this.view = buffer.asByteBuffer();
        this.cacheSeconds = cacheMillis / 1000;
        this.cacheNanos = (int) (cacheMillis % 1000) * 1_000_000;
    }

    /** The memory to send from. */
    public MemorySegment buffer() {
        return buffer;
    }

    /** What to send; 0 if the request gets no reply. */
    public int sizeBytes() {
        return position;
    }

    public boolean allowsCaching() {
        return cacheSeconds > 0 || cacheNanos > 0;
    }

    void begin(long unique) {
        buffer.set(JAVA_LONG_UNALIGNED, UNIQUE, unique);
        position = HEADER_SIZE;
    }

    void finish() {
        buffer.set(JAVA_INT_UNALIGNED, LENGTH, position);
        buffer.set(JAVA_INT_UNALIGNED, ERROR, 0);
    }

    /** Makes this a reply that says only why there is none. */
    public void fail(Errno errno) {
        position = HEADER_SIZE;
        buffer.set(JAVA_INT_UNALIGNED, LENGTH, HEADER_SIZE);
        buffer.set(JAVA_INT_UNALIGNED, ERROR, -errno.number());
    }

    /** The kernel expects no reply. */
    void none() {
        position = 0;
    }

    int bodySizeBytes() {
        return position - HEADER_SIZE;
    }

    ReplyBytes int16(int value) {
        buffer.set(JAVA_SHORT_UNALIGNED, advance(Short.BYTES), (short) value);
        return this;
    }

    ReplyBytes int32(int value) {
        buffer.set(JAVA_INT_UNALIGNED, advance(Integer.BYTES), value);
        return this;
    }

    ReplyBytes int64(long value) {
        buffer.set(JAVA_LONG_UNALIGNED, advance(Long.BYTES), value);
        return this;
    }

    ReplyBytes bytes(byte[] value) {
        MemorySegment.copy(value, 0, buffer, JAVA_BYTE, advance(value.length), value.length);
        return this;
    }

    ReplyBytes name(Name name) {
        int start = advance(name.sizeBytes());
        for (int index = 0; index < name.sizeBytes(); index++) {
            buffer.set(JAVA_BYTE, (long) start + index, name.byteAt(index));
        }
        return this;
    }

    ReplyBytes zeros(int count) {
        buffer.asSlice(advance(count), count).fill((byte) 0);
        return this;
    }

    /** The next {@code sizeMax} bytes to fill in place; {@link #filled} says how many of them count. */
    ByteBuffer data(int sizeMax) {
        Check.that(sizeMax >= 0 && sizeMax <= buffer.byteSize() - position, "%d bytes do not fit a reply", sizeMax);
        return view.clear().position(position).limit(position + sizeMax);
    }

    void filled(int count) {
        int unused = advance(count);
    }

    /** {@code fuse_entry_out} for a node that a name leads to. */
    ReplyBytes entry(Attributes attributes) {
        return int64(attributes.inode().value()).entryValidity().attributes(attributes);
    }

    /** {@code fuse_entry_out} that says: nothing has this name, and nothing will for as long as names are believed. */
    ReplyBytes absentEntry() {
        return int64(0).entryValidity().zeros(ENTRY_SIZE - 40);
    }

    /** {@code fuse_attr_out}. */
    ReplyBytes attributesWithValidity(Attributes attributes) {
        return int64(cacheSeconds).int32(cacheNanos).int32(0).attributes(attributes);
    }

    /** {@code fuse_statx_out}. */
    ReplyBytes extendedAttributes(Attributes of) {
        int basicAndBirth = 0xfff;
        long device = of.deviceNumber();
        int64(cacheSeconds).int32(cacheNanos).int32(0).zeros(16);
        int32(basicAndBirth).int32(PREFERRED_BLOCK_SIZE).int64(0);
        int32(of.linkCount())
                .int32(of.userId())
                .int32(of.groupId())
                .int16(of.mode())
                .int16(0);
        int64(of.inode().value()).int64(of.sizeBytes()).int64(sectors(of)).int64(0);
        time(of.accessNanos()).time(of.birthNanos()).time(of.changeNanos()).time(of.modifyNanos());
        int32((int) (device >>> 8) & 0xfff).int32((int) ((device & 0xff) | ((device >>> 12) & 0xfff00)));
        return zeros(8 + 14 * 8);
    }

    // Numbers are never given out twice, so the generation is always 0.
    private ReplyBytes entryValidity() {
        return int64(0).int64(cacheSeconds)
                .int64(cacheSeconds)
                .int32(cacheNanos)
                .int32(cacheNanos);
    }

    private ReplyBytes attributes(Attributes of) {
        int64(of.inode().value()).int64(of.sizeBytes()).int64(sectors(of));
        int64(seconds(of.accessNanos())).int64(seconds(of.modifyNanos())).int64(seconds(of.changeNanos()));
        int32(nanos(of.accessNanos())).int32(nanos(of.modifyNanos())).int32(nanos(of.changeNanos()));
        int32(of.mode()).int32(of.linkCount()).int32(of.userId()).int32(of.groupId());
        return int32((int) of.deviceNumber()).int32(PREFERRED_BLOCK_SIZE).int32(0);
    }

    private ReplyBytes time(long nanosSinceEpoch) {
        return int64(seconds(nanosSinceEpoch)).int32(nanos(nanosSinceEpoch)).int32(0);
    }

    private int advance(int count) {
        int start = position;
        Check.that(count >= 0 && count <= buffer.byteSize() - start, "%d bytes do not fit a reply", count);
        position = start + count;
        return start;
    }

    private static long sectors(Attributes of) {
        return (of.allocatedBytes() + SECTOR_SIZE - 1) / SECTOR_SIZE;
    }

    private static long seconds(long nanosSinceEpoch) {
        return Math.floorDiv(nanosSinceEpoch, NANOS_PER_SECOND);
    }

    private static int nanos(long nanosSinceEpoch) {
        return (int) Math.floorMod(nanosSinceEpoch, NANOS_PER_SECOND);
    }
}
