package org.needlefs.client.binding.kernel.system;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.NodeKind;

/**
 * A directory to mount on. Goes through mount(2) and umount2(2) where this process may, else through {@link FuserMount}.
 *
 * <p>Threading: any thread that serves no requests. Throws: IOException with a reason for the user.
 */
public final class Mountpoint {
    /** What {@code /proc/mounts} shows as the type. */
    public static final String TYPE = "fuse.needlefs";

    private static final String SUBTYPE = "needlefs";
    private static final int ENOTCONN = 107;
    private static final int AT_FDCWD = -100;
    private static final int AT_STATX_FORCE_SYNC_NO_AUTOMOUNT = 0x2800;
    private static final int STATX_TYPE_MODE = 3;
    private static final int STATX_SIZE = 256;
    private static final int STATX_MODE_OFFSET = 28;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    /** Dead mounts one on top of the other that are removed before it must be something else. */
    private static final int DEAD_MOUNT_COUNT_MAX = 16;

    private final String path;

    private Mountpoint(String path) {
        this.path = path;
    }

    /**
     * The directory at {@code path}, ready to be mounted on: a mount whose process has died is removed from it.
     *
     * @throws IOException it is no directory, or a NeedleFS is mounted there and alive
     */
    public static Mountpoint prepare(Path path) throws IOException {
        Mountpoint mountpoint = new Mountpoint(resolve(path).toString());
        for (int dead = 0; dead < DEAD_MOUNT_COUNT_MAX && mountpoint.isDead(); dead++) {
            mountpoint.unmount(true);
        }
        mountpoint.rootMode();
        Optional<MountTable.Line> there = MountTable.read().at(mountpoint.path);
        if (there.isPresent() && there.get().type().equals(TYPE)) {
            throw new IOException(
                    mountpoint.path + " is mounted already (" + there.get().source() + ")");
        }
        return mountpoint;
    }

    public String path() {
        return path;
    }

    /** Mounts the connection that is returned. */
    public FuseDevice mount(MountCall call) throws IOException {
        int userId = effectiveId(true);
        if (userId == 0) {
            FuseDevice device = FuseDevice.open();
            try {
                mountDirectly(device, call, userId);
                return device;
            } catch (SystemCallException failure) {
                device.close();
                // Root without CAP_SYS_ADMIN, as in a container: the helper may have it.
                if (!failure.is(Errno.EPERM)) {
                    throw failure;
                }
            }
        }
        return FuserMount.mount(path, call.helperOptions(SUBTYPE));
    }

    /** @throws IOException it is in use (unless {@code lazily}), not mounted, or not ours to unmount */
    public void unmount(boolean lazily) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            int flags = UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0);
            int result = (int) SystemCalls.UMOUNT2.invokeExact(errno, arena.allocateFrom(path), flags);
            if (result == 0) {
                return;
            }
            SystemCallException failure = SystemCalls.failed("unmounting " + path, errno);
            if (!failure.is(Errno.EPERM)) {
                throw failure;
            }
            FuserMount.unmount(path, lazily);
        } catch (IOException | RuntimeException | Error known) {
            throw known;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    /** As root, lets the kernel read ahead {@code sizeBytes} here: mounts start with 128 KiB. Best effort. */
    public void setReadAhead(int sizeBytes) throws IOException {
        Optional<MountTable.Line> line = MountTable.read().at(path);
        if (line.isEmpty() || !line.get().type().equals(TYPE)) {
            return;
        }
        Path knob = Path.of("/sys/class/bdi", line.get().device(), "read_ahead_kb");
        if (Files.isWritable(knob)) {
            Files.writeString(knob, Integer.toString(sizeBytes / 1024));
        }
    }

    private void mountDirectly(FuseDevice device, MountCall call, int userId) throws IOException {
        String data = call.kernelOptions(device.descriptor(), rootMode(), userId, effectiveId(false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            int result = (int) SystemCalls.MOUNT.invokeExact(
                    errno,
                    arena.allocateFrom(call.source()),
                    arena.allocateFrom(path),
                    arena.allocateFrom(TYPE),
                    call.flags(),
                    arena.allocateFrom(data));
            if (result < 0) {
                throw SystemCalls.failed("mounting on " + path, errno);
            }
        } catch (IOException | RuntimeException | Error known) {
            throw known;
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    private boolean isDead() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            return statx(arena, errno, arena.allocate(STATX_SIZE, 8)) < 0 && SystemCalls.errno(errno) == ENOTCONN;
        }
    }

    private int rootMode() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            MemorySegment status = arena.allocate(STATX_SIZE, 8);
            if (statx(arena, errno, status) < 0) {
                throw SystemCalls.failed("mountpoint " + path, errno);
            }
            int mode = status.get(ValueLayout.JAVA_SHORT, STATX_MODE_OFFSET) & 0xffff;
            if (NodeKind.ofMode(mode) != NodeKind.DIRECTORY) {
                throw new IOException("mountpoint " + path + " is not a directory");
            }
            return mode & NodeKind.MODE_MASK;
        }
    }

    private int statx(Arena arena, MemorySegment errno, MemorySegment status) {
        try {
            return (int) SystemCalls.STATX.invokeExact(
                    errno,
                    AT_FDCWD,
                    arena.allocateFrom(path),
                    AT_STATX_FORCE_SYNC_NO_AUTOMOUNT,
                    STATX_TYPE_MODE,
                    status);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    private static int effectiveId(boolean ofUser) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(SystemCalls.ERRNO_LAYOUT);
            return ofUser ? (int) SystemCalls.GETEUID.invokeExact(errno) : (int) SystemCalls.GETEGID.invokeExact(errno);
        } catch (Throwable thrown) {
            throw SystemCalls.impossible(thrown);
        }
    }

    // The directory itself may be a dead mount that cannot be looked at; its parent can.
    private static Path resolve(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        if (parent == null || name == null) {
            throw new IOException("cannot mount on " + absolute);
        }
        if (Files.isSymbolicLink(absolute)) {
            return absolute.toRealPath();
        }
        if (!Files.isDirectory(parent)) {
            throw new IOException("mountpoint " + absolute + " does not exist");
        }
        return parent.toRealPath().resolve(name);
    }
}
