package org.needlefs.client.binding.kernel.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;

/**
 * One request as the kernel wrote it: a header ({@code fuse_in_header}) and a body that depends on the opcode. Every
 * access is checked against the size that arrived, so that a request cut short is EINVAL and reads nothing foreign.
 *
 * <p>Offsets count from the start of the body. Threading: one thread; {@link #received} starts over with the next
 * request in the same memory.
 */
public final class RequestBytes {
    /** len, opcode, unique, nodeid, uid, gid, pid, extension length, padding. */
    public static final int HEADER_SIZE = 40;

    private static final int LENGTH = 0;
    private static final int OPCODE = 4;
    private static final int UNIQUE = 8;
    private static final int NODE = 16;
    private static final int USER_ID = 24;
    private static final int GROUP_ID = 28;

    private final MemorySegment buffer;
    private final ByteBuffer view;
    private int sizeBytes;
    private Opcode opcode = Opcode.UNKNOWN;

    public RequestBytes(MemorySegment buffer) {
        this.buffer = buffer;
        this.view = buffer.asByteBuffer();
    }

    /** The memory to receive into. */
    public MemorySegment buffer() {
        return buffer;
    }

    /** A request of {@code newSizeBytes} has arrived. Returns false if it is too short to have a header. */
    public boolean received(int newSizeBytes) {
        sizeBytes = newSizeBytes;
        opcode = Opcode.UNKNOWN;
        if (newSizeBytes < HEADER_SIZE) {
            return false;
        }
        opcode = Opcode.of(buffer.get(JAVA_INT_UNALIGNED, OPCODE));
        return true;
    }

    public Opcode opcode() {
        return opcode;
    }

    public int opcodeNumber() {
        return buffer.get(JAVA_INT_UNALIGNED, OPCODE);
    }

    /** The number that the reply carries. */
    public long unique() {
        return buffer.get(JAVA_LONG_UNALIGNED, UNIQUE);
    }

    public boolean isWhole() {
        return buffer.get(JAVA_INT_UNALIGNED, LENGTH) == sizeBytes;
    }

    /** The node that the request is about. */
    public Inode node() throws FsException {
        return inode(buffer.get(JAVA_LONG_UNALIGNED, NODE));
    }

    public int userId() {
        return buffer.get(JAVA_INT_UNALIGNED, USER_ID);
    }

    public int groupId() {
        return buffer.get(JAVA_INT_UNALIGNED, GROUP_ID);
    }

    public int bodySizeBytes() {
        return sizeBytes - HEADER_SIZE;
    }

    public int int32(int offset) throws FsException {
        return buffer.get(JAVA_INT_UNALIGNED, at(offset, Integer.BYTES));
    }

    public long int64(int offset) throws FsException {
        return buffer.get(JAVA_LONG_UNALIGNED, at(offset, Long.BYTES));
    }

    public Inode inode(int offset) throws FsException {
        return inode(int64(offset));
    }

    public Name name(int offset) throws FsException {
        return Name.of(string(offset));
    }

    /** The bytes before the next NUL. @throws FsException EINVAL if there is none */
    public byte[] string(int offset) throws FsException {
        int start = at(offset, 1);
        for (int end = start; end < sizeBytes; end++) {
            if (buffer.get(JAVA_BYTE, end) == 0) {
                byte[] text = new byte[end - start];
                MemorySegment.copy(buffer, JAVA_BYTE, start, text, 0, text.length);
                return text;
            }
        }
        throw Errno.EINVAL.because("a string without an end");
    }

    public byte[] bytes(int offset, int count) throws FsException {
        int start = at(offset, count);
        byte[] copy = new byte[count];
        MemorySegment.copy(buffer, JAVA_BYTE, start, copy, 0, count);
        return copy;
    }

    /** {@code count} bytes in place: valid until the next request. */
    public ByteBuffer data(int offset, int count) throws FsException {
        int start = at(offset, count);
        return view.clear().position(start).limit(start + count);
    }

    /** Where {@code count} bytes of the body begin, if that many have arrived. */
    private int at(int offset, int count) throws FsException {
        if (count < 0 || offset > bodySizeBytes() - count) {
            throw Errno.EINVAL.because("%d bytes at %d in a request of %d", count, offset, bodySizeBytes());
        }
        return HEADER_SIZE + offset;
    }

    private static Inode inode(long number) throws FsException {
        if (number <= 0) {
            throw Errno.ESTALE.because("no node has the number %d", number);
        }
        return new Inode(number);
    }
}
