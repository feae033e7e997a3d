package org.needlefs.client.binding.kernel.system;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.needlefs.cluster.model.Errno;

/**
 * The set-uid programs {@code fusermount3} and {@code fusermount} that mount and unmount for ordinary users. The
 * program opens the device and passes its descriptor back over a socket that {@code _FUSE_COMMFD} names; what it says
 * on its standard error becomes the reason of the exception.
 */
final class FuserMount {
    private static final List<String> PROGRAMS = List.of("fusermount3", "fusermount");
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 0x80001;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT_CMSG_CLOEXEC = 0x40000040;
    private static final int CHILD_STANDARD_ERROR = 2;
    private static final int CHILD_SOCKET = 3;
    private static final int REASON_SIZE_MAX = 2048;

    /** {@code struct msghdr}: name, its size, vector, its count, control, its size, flags. */
    private static final int MESSAGE_SIZE = 56;

    private static final int MESSAGE_VECTOR = 16;
    private static final int MESSAGE_VECTOR_COUNT = 24;
    private static final int MESSAGE_CONTROL = 32;
    private static final int MESSAGE_CONTROL_SIZE = 40;

    /** {@code struct cmsghdr} and one descriptor behind it, padded. */
    private static final int CONTROL_SIZE = 24;

    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;
    private static final int CONTROL_DATA = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    /** More than the {@code posix_spawn_file_actions_t} of any C library takes. */
    private static final int SPAWN_ACTIONS_SIZE = 512;

    private FuserMount() {}

    /** Mounts with {@code options} as mount(8) writes them, and returns the device. */
    static FuseDevice mount(String target, String options) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            MemorySegment sockets = arena.allocate(JAVA_INT, 2);
            if ((int) SystemCalls.SOCKETPAIR.invokeExact(errno, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, sockets) < 0) {
                throw SystemCalls.failed("socketpair", errno);
            }
            int ours = sockets.getAtIndex(JAVA_INT, 0);
            int theirs = sockets.getAtIndex(JAVA_INT, 1);
            try {
                run(arena, theirs, List.of("-o", options, "--", target));
                return FuseDevice.of(receiveDescriptor(arena, errno, ours));
            } finally {
                FuseDevice.closeDescriptor(ours);
                FuseDevice.closeDescriptor(theirs);
            }
        } catch (IOException | RuntimeException | Error known) {
            throw known;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    static void unmount(String target, boolean lazily) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<String> arguments = new ArrayList<>(List.of("-u"));
            if (lazily) {
                arguments.add("-z");
            }
            arguments.add("--");
            arguments.add(target);
            run(arena, -1, arguments);
        }
    }

    /** Runs the first of the programs that is installed; returns once it has ended well. */
    private static void run(Arena arena, int socket, List<String> arguments) throws IOException {
        for (String program : PROGRAMS) {
            try {
                runProgram(arena, program, socket, arguments);
                return;
            } catch (SystemCallException failure) {
                if (!failure.is(Errno.ENOENT)) {
                    throw failure;
                }
            }
        }
        throw new IOException("neither fusermount3 nor fusermount is installed, and only they may mount for an "
                + "ordinary user: install the package fuse3");
    }

    private static void runProgram(Arena arena, String program, int socket, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(program));
        words.addAll(arguments);
        List<String> environment = new ArrayList<>(List.of("_FUSE_COMMFD=" + CHILD_SOCKET, "LC_ALL=C"));
        System.getenv().forEach((name, value) -> {
            if (name.equals("PATH")) {
                environment.add(name + "=" + value);
            }
        });
        MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
        MemorySegment pipe = arena.allocate(JAVA_INT, 2);
        try {
            if ((int) SystemCalls.PIPE2.invokeExact(errno, pipe, O_CLOEXEC) < 0) {
                throw SystemCalls.failed("pipe", errno);
            }
            int readEnd = pipe.getAtIndex(JAVA_INT, 0);
            int writeEnd = pipe.getAtIndex(JAVA_INT, 1);
            int process;
            try {
                process = spawn(arena, errno, words, environment, socket, writeEnd);
            } catch (IOException failure) {
                FuseDevice.closeDescriptor(readEnd);
                throw failure;
            } finally {
                FuseDevice.closeDescriptor(writeEnd);
            }
            String reason = readAll(arena, errno, readEnd);
            FuseDevice.closeDescriptor(readEnd);
            int status = waitFor(arena, errno, process);
            if (status != 0) {
                throw new IOException(reason.isEmpty() ? program + " failed with status " + status : reason);
            }
        } catch (IOException | RuntimeException | Error known) {
            throw known;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    private static int spawn(
            Arena arena,
            MemorySegment errno,
            List<String> words,
            List<String> environment,
            int socket,
            int standardError)
            throws Throwable {
        MemorySegment actions = arena.allocate(SPAWN_ACTIONS_SIZE, 16);
        int unused = (int) SystemCalls.SPAWN_ACTIONS_INIT.invokeExact(errno, actions);
        try {
            unused = (int)
                    SystemCalls.SPAWN_ACTIONS_ADD_DUP2.invokeExact(errno, actions, standardError, CHILD_STANDARD_ERROR);
            if (socket >= 0) {
                unused = (int) SystemCalls.SPAWN_ACTIONS_ADD_DUP2.invokeExact(errno, actions, socket, CHILD_SOCKET);
            }
            MemorySegment process = arena.allocate(JAVA_INT);
            int error = (int) SystemCalls.POSIX_SPAWNP.invokeExact(
                    errno,
                    process,
                    arena.allocateFrom(words.getFirst()),
                    actions,
                    MemorySegment.NULL,
                    strings(arena, words),
                    strings(arena, environment));
            if (error != 0) {
                throw SystemCalls.failed(words.getFirst(), error);
            }
            return process.get(JAVA_INT, 0);
        } finally {
            unused = (int) SystemCalls.SPAWN_ACTIONS_DESTROY.invokeExact(errno, actions);
        }
    }

    private static MemorySegment strings(Arena arena, List<String> words) {
        MemorySegment vector = arena.allocate(ADDRESS, words.size() + 1L);
        for (int index = 0; index < words.size(); index++) {
            vector.setAtIndex(ADDRESS, index, arena.allocateFrom(words.get(index)));
        }
        return vector;
    }

    private static String readAll(Arena arena, MemorySegment errno, int descriptor) throws Throwable {
        MemorySegment buffer = arena.allocate(REASON_SIZE_MAX);
        StringBuilder text = new StringBuilder();
        while (true) {
            long size = (long) SystemCalls.READ.invokeExact(errno, descriptor, buffer, buffer.byteSize());
            if (size < 0 && SystemCalls.errno(errno) == Errno.EINTR.number()) {
                continue;
            }
            if (size <= 0) {
                return text.toString().strip();
            }
            if (text.length() < REASON_SIZE_MAX) {
                text.append(new String(buffer.asSlice(0, size).toArray(JAVA_BYTE), StandardCharsets.UTF_8));
            }
        }
    }

    private static int waitFor(Arena arena, MemorySegment errno, int process) throws Throwable {
        MemorySegment status = arena.allocate(JAVA_INT);
        while ((int) SystemCalls.WAITPID.invokeExact(errno, process, status, 0) < 0) {
            if (SystemCalls.errno(errno) != Errno.EINTR.number()) {
                throw SystemCalls.failed("waitpid", errno);
            }
        }
        return status.get(JAVA_INT, 0);
    }

    // The program has ended, so its message is there or never comes: no need to wait.
    private static int receiveDescriptor(Arena arena, MemorySegment errno, int socket) throws Throwable {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, arena.allocate(1));
        vector.set(JAVA_LONG, 8, 1);
        MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
        MemorySegment message = arena.allocate(MESSAGE_SIZE, 8);
        message.set(ADDRESS, MESSAGE_VECTOR, vector);
        message.set(JAVA_LONG, MESSAGE_VECTOR_COUNT, 1);
        message.set(ADDRESS, MESSAGE_CONTROL, control);
        message.set(JAVA_LONG, MESSAGE_CONTROL_SIZE, CONTROL_SIZE);
        long size = (long) SystemCalls.RECVMSG.invokeExact(errno, socket, message, MSG_DONTWAIT_CMSG_CLOEXEC);
        if (size < 0) {
            throw SystemCalls.failed("receiving the device from fusermount", errno);
        }
        if (message.get(JAVA_LONG, MESSAGE_CONTROL_SIZE) < CONTROL_DATA + Integer.BYTES
                || control.get(JAVA_INT, CONTROL_LEVEL) != SOL_SOCKET
                || control.get(JAVA_INT, CONTROL_TYPE) != SCM_RIGHTS) {
            throw new IOException("fusermount ended well but passed no device");
        }
        return control.get(JAVA_INT, CONTROL_DATA);
    }
}
