package org.needlefs.client.binding.jnr;

import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.needlefs.cluster.model.Attributes;
import ru.serce.jnrfuse.struct.FileStat;

/**
 * Where the fields of {@code struct stat} are on this machine: jnr-fuse's {@link FileStat} knows the platforms.
 *
 * <p>Link count and block size are 32 bits wide on some and 64 on others. Their low 32 bits are written into cleared
 * memory, which is right for both widths on the little-endian machines that there are.
 */
final class StatLayout {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int BLOCK_BYTES = 512;

    /** What {@code st_blksize} advises: the page size, because newer kernels also reckon pages by it. */
    private static final int IO_BYTES = 4096;

    private static final FileStat STAT = new FileStat(Runtime.getSystemRuntime());
    static final long SIZE_BYTES = Struct.size(STAT);

    private static final long INODE = STAT.st_ino.offset();
    private static final long MODE = STAT.st_mode.offset();
    private static final long LINKS = STAT.st_nlink.offset();
    private static final long USER = STAT.st_uid.offset();
    private static final long GROUP = STAT.st_gid.offset();
    private static final long DEVICE = STAT.st_rdev.offset();
    private static final long SIZE = STAT.st_size.offset();
    private static final long BLOCK_SIZE = STAT.st_blksize.offset();
    private static final long BLOCKS = STAT.st_blocks.offset();
    private static final long ACCESS = STAT.st_atim.tv_sec.offset();
    private static final long MODIFY = STAT.st_mtim.tv_sec.offset();
    private static final long CHANGE = STAT.st_ctim.tv_sec.offset();

    private StatLayout() {}

    /** Fills the struct at {@code stat}, whose other bytes are zero. */
    static void write(long stat, Attributes attributes) {
        Memory.writeLong(stat + INODE, attributes.inode().value());
        Memory.writeInt(stat + MODE, attributes.mode());
        Memory.writeInt(stat + LINKS, attributes.linkCount());
        Memory.writeInt(stat + USER, attributes.userId());
        Memory.writeInt(stat + GROUP, attributes.groupId());
        Memory.writeLong(stat + DEVICE, attributes.deviceNumber());
        Memory.writeLong(stat + SIZE, attributes.sizeBytes());
        Memory.writeInt(stat + BLOCK_SIZE, IO_BYTES);
        Memory.writeLong(stat + BLOCKS, (attributes.allocatedBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES);
        writeTime(stat + ACCESS, attributes.accessNanos());
        writeTime(stat + MODIFY, attributes.modifyNanos());
        writeTime(stat + CHANGE, attributes.changeNanos());
    }

    static int permissions(long stat) {
        return Memory.readInt(stat + MODE) & 07777;
    }

    static int userId(long stat) {
        return Memory.readInt(stat + USER);
    }

    static int groupId(long stat) {
        return Memory.readInt(stat + GROUP);
    }

    static long sizeBytes(long stat) {
        return Memory.readLong(stat + SIZE);
    }

    static long accessNanos(long stat) {
        return readTime(stat + ACCESS);
    }

    static long modifyNanos(long stat) {
        return readTime(stat + MODIFY);
    }

    private static void writeTime(long timespec, long nanos) {
        Memory.writeLong(timespec, Math.floorDiv(nanos, NANOS_PER_SECOND));
        Memory.writeLong(timespec + Long.BYTES, Math.floorMod(nanos, NANOS_PER_SECOND));
    }

    /** A time outside what 64 bits of nanoseconds hold becomes the nearest that they do. */
    private static long readTime(long timespec) {
        long seconds = Memory.readLong(timespec);
        if (seconds >= Long.MAX_VALUE / NANOS_PER_SECOND) {
            return Long.MAX_VALUE;
        }
        if (seconds <= Long.MIN_VALUE / NANOS_PER_SECOND) {
            return Long.MIN_VALUE;
        }
        return seconds * NANOS_PER_SECOND + Memory.readLong(timespec + Long.BYTES);
    }
}
