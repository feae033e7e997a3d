package org.needlefs.client.binding.kernel.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Page-aligned memory outside the heap that takes room only where it is touched, and goes when nothing refers to it. */
public final class NativeBuffer {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long MAP_FAILED = -1;

    private NativeBuffer() {}

    /** @throws OutOfMemoryError as every allocation in Java does */
    public static MemorySegment allocate(long sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            long address = (long) SystemCalls.MMAP.invokeExact(
                    errno, MemorySegment.NULL, sizeBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (address == MAP_FAILED) {
                throw new OutOfMemoryError(SystemCalls.failed("mmap", errno).getMessage());
            }
            return MemorySegment.ofAddress(address).reinterpret(sizeBytes, Arena.ofAuto(), NativeBuffer::free);
        } catch (OutOfMemoryError full) {
            throw full;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    private static void free(MemorySegment segment) {
        try (Arena arena = Arena.ofConfined()) {
            int unused = (int) SystemCalls.MUNMAP.invokeExact(
                    arena.allocate(SystemCalls.ERRNO_LAYOUT), segment, segment.byteSize());
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }
}
