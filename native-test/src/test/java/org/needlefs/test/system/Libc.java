package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls of the C library by name. A call that failed answers minus its errno, as the kernel itself does, so that tests
 * compare one number. Arguments: Integer, Long, {@link MemorySegment} (a pointer) and String (a path, see
 * {@link FileNames}). Threading: any.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Map<String, Integer> VARIADIC_FROM = Map.of("openat", 3, "fcntl", 2, "syscall", 1, "ioctl", 2);
    private static final Map<Signature, MethodHandle> HANDLES = new ConcurrentHashMap<>();

    private Libc() {}

    /** Calls a function that returns an int. */
    static long callInt(String function, Object... arguments) {
        return call(function, JAVA_INT, arguments);
    }

    /** Calls a function that returns a long, ssize_t, off_t or a pointer. */
    static long callLong(String function, Object... arguments) {
        return call(function, JAVA_LONG, arguments);
    }

    private static long call(String function, MemoryLayout result, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            List<Object> values = new ArrayList<>(arguments.length + 1);
            List<MemoryLayout> layouts = new ArrayList<>(arguments.length);
            values.add(state);
            for (Object argument : arguments) {
                values.add(argument instanceof String text ? cString(arena, text) : argument);
                layouts.add(layoutOf(argument));
            }
            Signature signature = new Signature(function, result, layouts);
            Object answer = HANDLES.computeIfAbsent(signature, Libc::link).invokeWithArguments(values);
            long number = ((Number) answer).longValue();
            return number == -1 ? -(int) ERRNO.get(state, 0L) : number;
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }

    private static MemorySegment cString(Arena arena, String text) {
        byte[] bytes = FileNames.bytes(text);
        MemorySegment string = arena.allocate(bytes.length + 1L); // zeroed, so terminated
        MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
        return string;
    }

    private static MemoryLayout layoutOf(Object argument) {
        if (argument instanceof Integer) {
            return JAVA_INT;
        }
        if (argument instanceof Long) {
            return JAVA_LONG;
        }
        if (argument instanceof MemorySegment || argument instanceof String) {
            return ADDRESS;
        }
        throw new IllegalArgumentException("no C type for " + argument.getClass());
    }

    private static MethodHandle link(Signature signature) {
        MemorySegment address = LINKER.defaultLookup().findOrThrow(signature.function());
        FunctionDescriptor descriptor =
                FunctionDescriptor.of(signature.result(), signature.arguments().toArray(MemoryLayout[]::new));
        List<Linker.Option> options = new ArrayList<>();
        options.add(Linker.Option.captureCallState("errno"));
        Integer variadicFrom = VARIADIC_FROM.get(signature.function());
        if (variadicFrom != null && variadicFrom < signature.arguments().size()) {
            options.add(Linker.Option.firstVariadicArg(variadicFrom));
        }
        return LINKER.downcallHandle(address, descriptor, options.toArray(Linker.Option[]::new));
    }

    private record Signature(String function, MemoryLayout result, List<MemoryLayout> arguments) {}
}
