package org.needlefs.storage.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.needlefs.storage.Check;
import org.needlefs.storage.OutOfSpaceException;

/**
 * Linux's {@code fallocate}: reserves blocks without writing them, so that later writes neither allocate nor fail for
 * want of space, and need no second write as zero-filling would. Threading: any.
 */
final class NativeAllocation {
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int EINTR = 4;
    private static final int ENOSPC = 28;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;
    private static final int EDQUOT = 122;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
    private static final Optional<NativeAllocation> INSTANCE = load();

    private final MethodHandle open;
    private final MethodHandle fallocate;
    private final MethodHandle close;

    private NativeAllocation(Linker linker) {
        this.open = handle(linker, "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
        this.fallocate = handle(
                linker, "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), -1);
        this.close = handle(linker, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), -1);
    }

    /** Allocates the file's first {@code sizeBytes}; false if the filesystem or this platform cannot, with nothing changed. */
    static boolean allocate(Path path, long sizeBytes) throws IOException {
        return INSTANCE.isPresent() && INSTANCE.get().call(path, sizeBytes);
    }

    private static Optional<NativeAllocation> load() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.empty();
        }
        return Optional.of(new NativeAllocation(Linker.nativeLinker()));
    }

    private static MethodHandle handle(Linker linker, String name, FunctionDescriptor descriptor, int variadicFrom) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
        return variadicFrom < 0
                ? linker.downcallHandle(symbol, descriptor, errno)
                : linker.downcallHandle(symbol, descriptor, errno, Linker.Option.firstVariadicArg(variadicFrom));
    }

    private boolean call(Path path, long sizeBytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment name = arena.allocateFrom(path.toString());
            int descriptor = (int) open.invokeExact(state, name, O_WRONLY | O_CLOEXEC, 0);
            if (descriptor < 0) {
                throw failure("open", path, errno(state));
            }
            try {
                while ((int) fallocate.invokeExact(state, descriptor, 0, 0L, sizeBytes) != 0) {
                    int errno = errno(state);
                    if (errno == EOPNOTSUPP || errno == ENOSYS) {
                        return false;
                    }
                    if (errno != EINTR) {
                        throw failure("allocate " + sizeBytes + " bytes for", path, errno);
                    }
                }
                return true;
            } finally {
                int closed = (int) close.invokeExact(state, descriptor);
                Check.that(closed == 0, "closing a descriptor through which nothing was written failed");
            }
        } catch (IOException | RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError("a native call threw a checked exception", impossible);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static IOException failure(String what, Path path, int errno) {
        String message = "cannot " + what + " " + path + ": errno " + errno;
        return errno == ENOSPC || errno == EDQUOT
                ? new OutOfSpaceException(message + " (no space left)")
                : new IOException(message);
    }
}
