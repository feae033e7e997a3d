package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.needlefs.client.bench.NullFileSystem;
import org.needlefs.client.binding.RequestStatistics;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;

/** Plays the kernel: writes requests as bytes, hands them to a handler and reads its replies as bytes. */
final class Exchange {
    static final int USER_ID = 1000;
    static final int GROUP_ID = 100;
    static final long ROOT = 1;

    private static final int BUFFER_SIZE = RequestHandler.BUFFER_SIZE;

    private final RequestStatistics statistics = new RequestStatistics();
    private final RequestStatistics.Recorder recorder = statistics.recorder();
    private final RequestBytes request = new RequestBytes(Arena.ofAuto().allocate(BUFFER_SIZE));
    private final ReplyBytes reply;
    private final RequestHandler handler;
    private final List<Inode> changed = new ArrayList<>();
    private int userId = USER_ID;
    private long unique = 77;

    /** A reply; its body is read from front to back. */
    record Reply(int error, ByteBuffer body) {
        long int64() {
            return body.getLong();
        }

        int int32() {
            return body.getInt();
        }

        Reply skip(int count) {
            body.position(body.position() + count);
            return this;
        }

        String text(int size) {
            byte[] bytes = new byte[size];
            body.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        int remaining() {
            return body.remaining();
        }
    }

    /** The body of a request. */
    static final class Body {
        private final ByteBuffer bytes = ByteBuffer.allocate(2 << 20).order(ByteOrder.LITTLE_ENDIAN);

        Body int32(int value) {
            bytes.putInt(value);
            return this;
        }

        Body int64(long value) {
            bytes.putLong(value);
            return this;
        }

        Body text(String value) {
            bytes.put(value.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
            return this;
        }

        Body bytes(byte[] value) {
            bytes.put(value);
            return this;
        }
    }

    Exchange() {
        this(new NullFileSystem(USER_ID, GROUP_ID), 1500);
    }

    Exchange(FileOperations operations, long cacheMillis) {
        this(operations, cacheMillis, true);
    }

    Exchange(FileOperations operations, long cacheMillis, boolean withXattrs) {
        reply = new ReplyBytes(Arena.ofAuto().allocate(BUFFER_SIZE).fill((byte) 0xee), cacheMillis);
        handler = new RequestHandler(operations, changed::add, withXattrs);
    }

    static Body body() {
        return new Body();
    }

    RequestHandler handler() {
        return handler;
    }

    RequestStatistics statistics() {
        return statistics;
    }

    /** Inodes whose attributes the kernel was told to forget. */
    List<Inode> changed() {
        return changed;
    }

    Exchange as(int newUserId) {
        userId = newUserId;
        return this;
    }

    Reply send(Opcode opcode, long node, Body body) {
        byte[] bytes = new byte[body.bytes.position()];
        body.bytes.flip().get(bytes);
        return sendRaw(opcode.number(), RequestBytes.HEADER_SIZE + bytes.length, node, bytes);
    }

    /** Sends and expects no error. */
    Reply ask(Opcode opcode, long node, Body body) {
        Reply answer = send(opcode, node, body);
        assertThat(answer.error()).as("errno of %s", opcode).isZero();
        return answer;
    }

    void refuse(Errno errno, Opcode opcode, long node, Body body) {
        Reply answer = send(opcode, node, body);
        assertThat(answer.error()).as("errno of %s", opcode).isEqualTo(-errno.number());
        assertThat(answer.remaining()).as("body beside an error").isZero();
    }

    /** Sends what expects no answer and checks that there is none. */
    void tell(Opcode opcode, long node, Body body) {
        byte[] bytes = new byte[body.bytes.position()];
        body.bytes.flip().get(bytes);
        assertThat(deliver(opcode.number(), RequestBytes.HEADER_SIZE + bytes.length, node, bytes))
                .as("size of the reply to %s", opcode)
                .isZero();
    }

    Reply sendRaw(int opcode, int claimedSize, long node, byte[] body) {
        int size = deliver(opcode, claimedSize, node, body);
        assertThat(size).as("size of the reply to opcode %d", opcode).isGreaterThanOrEqualTo(ReplyBytes.HEADER_SIZE);
        ByteBuffer bytes = reply.buffer().asSlice(0, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt()).as("size in the header").isEqualTo(size);
        int error = bytes.getInt();
        assertThat(bytes.getLong()).as("unique").isEqualTo(unique);
        return new Reply(error, bytes);
    }

    /** The error of the last reply; 0 if it had none. */
    int lastError() {
        return reply.sizeBytes() == 0 ? 0 : reply.buffer().get(ValueLayout.JAVA_INT, 4);
    }

    /** Returns the size of the reply. */
    int deliver(int opcode, int claimedSize, long node, byte[] body) {
        unique++;
        MemorySegment memory = request.buffer();
        ByteBuffer header = memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(claimedSize).putInt(opcode).putLong(unique).putLong(node);
        header.putInt(userId).putInt(GROUP_ID).putInt(4711).putInt(0);
        MemorySegment.copy(body, 0, memory, ValueLayout.JAVA_BYTE, RequestBytes.HEADER_SIZE, body.length);
        assertThat(request.received(RequestBytes.HEADER_SIZE + body.length)).isTrue();
        handler.handle(request, reply, recorder);
        return reply.sizeBytes();
    }

    /** Makes a file and returns its node. */
    long file(String name, int mode) {
        return ask(
                        Opcode.CREATE,
                        ROOT,
                        body().int32(2).int32(mode).int32(0).int32(0).text(name))
                .int64();
    }

    /** Writes {@code size} bytes at {@code offset}; the null filesystem's handles are its inodes. */
    Body write(long handle, long offset, int size, int flags) {
        return body().int64(handle)
                .int64(offset)
                .int32(size)
                .int32(flags)
                .int64(0)
                .int32(0)
                .int32(0)
                .bytes(new byte[size]);
    }

    /** {@code fuse_read_in}, also for listings. */
    static Body read(long handle, long offset, int size) {
        return body().int64(handle)
                .int64(offset)
                .int32(size)
                .int32(0)
                .int64(0)
                .int32(0)
                .int32(0);
    }

    int permissions(long node) {
        return ask(Opcode.GETATTR, node, body().int64(0).int64(0)).skip(16 + 60).int32() & 07777;
    }
}
