package org.needlefs.client.binding.kernel.system;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.needlefs.cluster.model.Errno;

/**
 * A descriptor of {@code /dev/fuse}: requests are read from it, replies written to it.
 *
 * <p>Threading: one thread reads and writes, because errno goes to memory of this object; each further thread takes a
 * {@link #twin}. {@link #close} comes last. Buffers are borrowed until return.
 */
public final class FuseDevice implements AutoCloseable {
    private static final String PATH = "/dev/fuse";
    private static final int O_RDWR_CLOEXEC = 0x80002;
    /** {@code _IOR(229, 0, uint32_t)}. */
    private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;

    private final int descriptor;
    private final boolean owned;
    private final MemorySegment errno = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);

    private FuseDevice(int descriptor, boolean owned) {
        this.descriptor = descriptor;
        this.owned = owned;
    }

    /** A new connection, not mounted anywhere yet. */
    public static FuseDevice open() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            int descriptor = openDevice(arena, errno);
            if (descriptor < 0) {
                SystemCallException failure = SystemCalls.failed("open " + PATH, errno);
                if (failure.is(Errno.ENOENT) || failure.is(Errno.ENODEV) || failure.is(Errno.ENXIO)) {
                    throw new IOException(
                            "there is no " + PATH + ": load the kernel's module (modprobe fuse), or give the container "
                                    + "the device (--device " + PATH + " --cap-add SYS_ADMIN)",
                            failure);
                }
                throw failure;
            }
            return new FuseDevice(descriptor, true);
        }
    }

    /** The connection that a mount helper opened. */
    static FuseDevice of(int descriptor) {
        return new FuseDevice(descriptor, true);
    }

    public int descriptor() {
        return descriptor;
    }

    /**
     * A device for another thread on the same connection: a clone with a queue of its own in the kernel, or, where the
     * kernel or the permissions on {@code /dev/fuse} refuse that, the same descriptor.
     */
    public FuseDevice twin() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            int clone = openDevice(arena, captured);
            if (clone < 0) {
                return new FuseDevice(descriptor, false);
            }
            MemorySegment original = arena.allocateFrom(ValueLayout.JAVA_INT, descriptor);
            int result = (int) SystemCalls.IOCTL.invokeExact(captured, clone, FUSE_DEV_IOC_CLONE, original);
            FuseDevice twin = new FuseDevice(clone, true);
            if (result < 0) {
                twin.close();
                return new FuseDevice(descriptor, false);
            }
            return twin;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    /** Waits for a request and returns its size, or errno negated. */
    public int read(MemorySegment into) {
        try {
            long size = (long) SystemCalls.READ.invokeExact(errno, descriptor, into, into.byteSize());
            return size >= 0 ? (int) size : -SystemCalls.errno(errno);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    /** Sends the first {@code sizeBytes} as one reply or notice; returns 0, or errno negated. */
    public int write(MemorySegment from, long sizeBytes) {
        try {
            long written = (long) SystemCalls.WRITE.invokeExact(errno, descriptor, from, sizeBytes);
            return written >= 0 ? 0 : -SystemCalls.errno(errno);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    @Override
    public void close() {
        if (!owned) {
            return;
        }
        closeDescriptor(descriptor);
    }

    static void closeDescriptor(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int unused = (int) SystemCalls.CLOSE.invokeExact(arena.allocate(SystemCalls.ERRNO_LAYOUT), descriptor);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    private static int openDevice(Arena arena, MemorySegment errno) {
        try {
            return (int) SystemCalls.OPEN.invokeExact(errno, arena.allocateFrom(PATH), O_RDWR_CLOEXEC);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }
}
