package org.needlefs.client.binding.kernel.system;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions of the C library that the binding calls, as method handles, and the errno that they leave.
 *
 * <p>Constants and layouts are those of Linux on x86-64 and AArch64, where they are the same. None of the handles is
 * linked as critical: each of them may block, and a thread that blocks must not hold up a garbage collection.
 * Each handle's first argument is where errno goes: a segment of {@link #ERRNO_LAYOUT}.
 */
final class SystemCalls {
    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final long ERRNO_OFFSET = ERRNO_LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final AddressLayout STRING =
            ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(256, ValueLayout.JAVA_BYTE));

    /** {@code int open(const char *path, int flags)}. */
    static final MethodHandle OPEN = variadic(2, "open", JAVA_INT, ADDRESS, JAVA_INT);

    /** {@code ssize_t read(int descriptor, void *into, size_t count)}. */
    static final MethodHandle READ = function("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

    /** {@code ssize_t write(int descriptor, const void *from, size_t count)}. */
    static final MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

    /** {@code int close(int descriptor)}. */
    static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);

    /** {@code int ioctl(int descriptor, unsigned long request, void *argument)}. */
    static final MethodHandle IOCTL = variadic(2, "ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

    /** {@code void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset)}. */
    static final MethodHandle MMAP =
            function("mmap", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);

    /** {@code int munmap(void *address, size_t length)}. */
    static final MethodHandle MUNMAP = function("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

    /** {@code int mount(source, target, type, unsigned long flags, data)}. */
    static final MethodHandle MOUNT = function("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);

    /** {@code int umount2(const char *target, int flags)}. */
    static final MethodHandle UMOUNT2 = function("umount2", JAVA_INT, ADDRESS, JAVA_INT);

    /** {@code int statx(int directory, const char *path, int flags, unsigned mask, struct statx *into)}. */
    static final MethodHandle STATX = function("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);

    /** {@code uid_t geteuid(void)}. */
    static final MethodHandle GETEUID = function("geteuid", JAVA_INT);

    /** {@code gid_t getegid(void)}. */
    static final MethodHandle GETEGID = function("getegid", JAVA_INT);

    /** {@code int socketpair(int domain, int type, int protocol, int pair[2])}. */
    static final MethodHandle SOCKETPAIR = function("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

    /** {@code int pipe2(int pair[2], int flags)}. */
    static final MethodHandle PIPE2 = function("pipe2", JAVA_INT, ADDRESS, JAVA_INT);

    /** {@code ssize_t recvmsg(int socket, struct msghdr *message, int flags)}. */
    static final MethodHandle RECVMSG = function("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

    /** {@code int posix_spawnp(pid_t *, const char *file, actions *, attributes *, argv, envp)}: returns the errno. */
    static final MethodHandle POSIX_SPAWNP =
            function("posix_spawnp", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

    /** {@code int posix_spawn_file_actions_init(actions *)}. */
    static final MethodHandle SPAWN_ACTIONS_INIT = function("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);

    /** {@code int posix_spawn_file_actions_adddup2(actions *, int descriptor, int newDescriptor)}. */
    static final MethodHandle SPAWN_ACTIONS_ADD_DUP2 =
            function("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);

    /** {@code int posix_spawn_file_actions_destroy(actions *)}. */
    static final MethodHandle SPAWN_ACTIONS_DESTROY = function("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);

    /** {@code pid_t waitpid(pid_t process, int *status, int options)}. */
    static final MethodHandle WAITPID = function("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    private static final MethodHandle STRERROR = function("strerror", STRING, JAVA_INT);

    private SystemCalls() {}

    /** The errno that the last failed call left in {@code captured}. */
    static int errno(MemorySegment captured) {
        return captured.get(JAVA_INT, ERRNO_OFFSET);
    }

    static SystemCallException failed(String call, MemorySegment captured) {
        return failed(call, errno(captured));
    }

    static SystemCallException failed(String call, int errno) {
        return new SystemCallException(call, errno, reason(errno));
    }

    /** A method handle declares every throwable; a call into C throws none. */
    static AssertionError impossible(Throwable thrown) {
        return new AssertionError("a system call threw", thrown);
    }

    private static String reason(int errno) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(arena.allocate(ERRNO_LAYOUT), errno);
            return text.getString(0);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, result, List.of(arguments), List.of());
    }

    private static MethodHandle variadic(
            int firstVariadic, String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, result, List.of(arguments), List.of(Linker.Option.firstVariadicArg(firstVariadic)));
    }

    private static MethodHandle link(
            String name, MemoryLayout result, List<MemoryLayout> arguments, List<Linker.Option> more) {
        List<Linker.Option> options = new ArrayList<>(more);
        options.add(Linker.Option.captureCallState("errno"));
        MemorySegment address =
                LINKER.defaultLookup().find(name).orElseThrow(() -> new AssertionError("the C library has no " + name));
        return LINKER.downcallHandle(
                address,
                FunctionDescriptor.of(result, arguments.toArray(MemoryLayout[]::new)),
                options.toArray(Linker.Option[]::new));
    }
}
