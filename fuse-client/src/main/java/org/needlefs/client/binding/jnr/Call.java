package org.needlefs.client.binding.jnr;

import com.kenai.jffi.Closure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.needlefs.client.vfs.Caller;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.storage.Check;

/**
 * One call of libfuse: its arguments, and the one reply that it must get. A session thread has one and uses it again
 * and again, so that a call makes few objects.
 *
 * <p>Guarantee: a second reply is refused before it reaches libfuse, which freed the request at the first. The replies
 * that return a boolean say whether the kernel took it; if it gave up waiting, what was opened must be closed again.
 * Threading: confined to its session thread. The buffers belong to it and are valid until the reply.
 */
final class Call {
    /** The most bytes that one read or write request moves: what protocol 7.19 allows. */
    static final int TRANSFER_SIZE_MAX = 128 << 10;

    private static final int PAGE_BYTES = 4096;

    /** {@code struct fuse_entry_param}: uint64 ino, uint64 generation, struct stat, double, double. */
    private static final long ENTRY_STAT = 16;

    private static final long ENTRY_SIZE_BYTES = ENTRY_STAT + StatLayout.SIZE_BYTES + 2 * Double.BYTES;

    /** Inode numbers are never given out twice, so one generation does. */
    private static final long GENERATION = 1;

    private final LibFuse libFuse;
    private final double cacheSeconds;
    private final long entry;
    private final ByteBuffer out;
    private final long outAddress;
    private final long inAddress;
    private final ByteBuffer in;

    private Closure.@Nullable Buffer arguments;
    private long request;
    private boolean answered = true;
    private int errorNumber;

    /**
     * @param cacheSeconds how long the kernel may believe an entry, an absent one or attributes
     * @param memory outlives this call and all its replies
     * @param received where the session thread receives requests: data to write lies there
     */
    Call(LibFuse libFuse, double cacheSeconds, Arena memory, MemorySegment received) {
        this.libFuse = libFuse;
        this.cacheSeconds = cacheSeconds;
        this.entry = memory.allocate(ENTRY_SIZE_BYTES, Long.BYTES).address();
        MemorySegment outSegment = memory.allocate(TRANSFER_SIZE_MAX, PAGE_BYTES);
        this.out = outSegment.asByteBuffer();
        this.outAddress = outSegment.address();
        this.in = received.asByteBuffer();
        this.inAddress = received.address();
    }

    void begin(Closure.Buffer newArguments) {
        Check.that(answered, "the call before this one has a reply");
        arguments = newArguments;
        request = newArguments.getAddress(0);
        answered = false;
        errorNumber = 0;
    }

    boolean answered() {
        return answered;
    }

    /** The error number that the last reply carried; 0 if it was none. */
    int errorNumber() {
        return errorNumber;
    }

    /** The address of libfuse's {@code struct fuse_req}. */
    long request() {
        return request;
    }

    /** From here on somebody else replies to the request, whose address this is. */
    long detach() {
        return take();
    }

    // ---- arguments

    long address(int index) {
        return arguments().getAddress(index);
    }

    long number(int index) {
        return arguments().getLong(index);
    }

    int integer(int index) {
        return arguments().getInt(index);
    }

    Inode inode(int index) {
        return new Inode(number(index));
    }

    Name name(int index) throws FsException {
        return Name.of(Memory.string(address(index)));
    }

    /** The {@code size} bytes that libfuse handed over at {@code index}: borrowed until the reply. */
    ByteBuffer data(int index, int sizeIndex) {
        int startBytes = Math.toIntExact(address(index) - inAddress);
        int sizeBytes = Math.toIntExact(number(sizeIndex));
        return in.clear().position(startBytes).limit(startBytes + sizeBytes);
    }

    Caller caller() {
        long context = libFuse.fuse_req_ctx(request);
        return new Caller(Memory.readInt(context), Memory.readInt(context + 4), Memory.readInt(context + 8));
    }

    /** An empty buffer of up to {@code sizeBytes} for the data of the reply. */
    ByteBuffer out(long sizeBytes) throws FsException {
        if (sizeBytes > TRANSFER_SIZE_MAX) {
            throw Errno.EINVAL.because("a reply of %d bytes, at most %d", sizeBytes, TRANSFER_SIZE_MAX);
        }
        return out.clear().limit((int) sizeBytes);
    }

    /** Where {@link #out} is. */
    long outAddress() {
        return outAddress;
    }

    // ---- replies

    /** Success without a result. */
    void done() {
        libFuse.fuse_reply_err(take(), 0);
    }

    void failed(Errno errno) {
        long taken = take();
        errorNumber = errno.number();
        libFuse.fuse_reply_err(taken, errorNumber);
    }

    void entry(Attributes attributes) {
        writeEntry(attributes);
        libFuse.fuse_reply_entry(take(), entry);
    }

    /** There is no such entry, and the kernel may remember that for as long as it may remember one. */
    void noEntry() {
        if (cacheSeconds == 0) {
            failed(Errno.ENOENT);
            return;
        }
        Memory.clear(entry, ENTRY_SIZE_BYTES);
        Memory.writeDouble(entry + ENTRY_STAT + StatLayout.SIZE_BYTES + Double.BYTES, cacheSeconds);
        libFuse.fuse_reply_entry(take(), entry);
    }

    boolean created(Attributes attributes, long fileInfo) {
        writeEntry(attributes);
        return libFuse.fuse_reply_create(take(), entry, fileInfo) == 0;
    }

    void attributes(Attributes attributes) {
        long stat = entry + ENTRY_STAT;
        Memory.clear(stat, StatLayout.SIZE_BYTES);
        StatLayout.write(stat, attributes);
        libFuse.fuse_reply_attr(take(), stat, cacheSeconds);
    }

    boolean opened(long fileInfo) {
        return libFuse.fuse_reply_open(take(), fileInfo) == 0;
    }

    void written(int sizeBytes) {
        libFuse.fuse_reply_write(take(), sizeBytes);
    }

    /** The first {@code sizeBytes} bytes of the buffer that {@link #out} gave. */
    void data(int sizeBytes) {
        libFuse.fuse_reply_buf(take(), outAddress, sizeBytes);
    }

    void symlink(byte[] target) {
        out.clear().put(target).put((byte) 0);
        libFuse.fuse_reply_readlink(take(), outAddress);
    }

    /** How many bytes the extended attribute or the list of them has. */
    void xattrSize(int sizeBytes) {
        libFuse.fuse_reply_xattr(take(), sizeBytes);
    }

    void figures(long statvfs) {
        libFuse.fuse_reply_statfs(take(), statvfs);
    }

    void lock(long flock) {
        libFuse.fuse_reply_lock(take(), flock);
    }

    private void writeEntry(Attributes attributes) {
        Memory.clear(entry, ENTRY_SIZE_BYTES);
        Memory.writeLong(entry, attributes.inode().value());
        Memory.writeLong(entry + Long.BYTES, GENERATION);
        StatLayout.write(entry + ENTRY_STAT, attributes);
        long timeouts = entry + ENTRY_STAT + StatLayout.SIZE_BYTES;
        Memory.writeDouble(timeouts, cacheSeconds);
        Memory.writeDouble(timeouts + Double.BYTES, cacheSeconds);
    }

    private long take() {
        Check.that(!answered, "a call gets one reply");
        answered = true;
        return request;
    }

    private Closure.Buffer arguments() {
        Closure.Buffer current = arguments;
        if (current == null) {
            throw new IllegalStateException("no call has begun");
        }
        return current;
    }
}
