package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.kernel.system.FuseDevice;
import org.needlefs.client.binding.kernel.system.MountCall;
import org.needlefs.client.binding.kernel.system.Mountpoint;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.client.vfs.lock.LockTable;
import org.needlefs.client.vfs.lock.Locks;

/**
 * Serves mounts by libfuse 2.9, through its low-level interface: requests name inodes, so hard links and open files
 * without a name are what they should be. It speaks protocol 7.19: 128 KiB a request, no readdirplus, no rename flags,
 * no {@code SEEK_HOLE}, {@code copy_file_range}, O_TMPFILE or syncfs; the kernel refuses those or makes do without.
 */
public final class JnrFuseMount implements FuseMount {
    private static final long CONNECT_SECONDS_MAX = 30;

    private final Supplier<Locks> locks;

    /** For filesystems that only their mount uses: its advisory locks live in this process. */
    public JnrFuseMount() {
        this(() -> new LockTable(LockTable.LOCK_COUNT_MAX_DEFAULT, LockTable.WAITER_COUNT_MAX_DEFAULT));
    }

    /** @param locks of each mount */
    public JnrFuseMount(Supplier<Locks> locks) {
        this.locks = locks;
    }

    @Override
    public Mounted mount(Path mountpoint, MountOptions options, FileOperations operations) throws IOException {
        LibFuse libFuse = LibFuse.load();
        Mountpoint prepared = Mountpoint.prepare(mountpoint);
        FuseDevice device = prepared.mount(new MountCall(options.name(), options.flags(), Call.TRANSFER_SIZE_MAX));
        try {
            CountDownLatch connected = new CountDownLatch(1);
            Session session = open(libFuse, device, options, operations, connected);
            session.start();
            JnrMounted mounted = new JnrMounted(prepared, session);
            awaitConnection(connected);
            return mounted;
        } catch (IOException failure) {
            unmountAfter(failure, prepared);
            throw failure;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the session closes the memory when its last thread ends
    private Session open(
            LibFuse libFuse,
            FuseDevice device,
            MountOptions options,
            FileOperations operations,
            CountDownLatch connected)
            throws IOException {
        Arena memory = Arena.ofShared();
        OperationTable table = new OperationTable(memory);
        LockWaits waits = new LockWaits(libFuse, LockTable.WAITER_COUNT_MAX_DEFAULT);
        LockHandlers lockHandlers = new LockHandlers(locks.get(), waits);
        table.setInit(connection -> {
            ConnectionInfo.negotiate(connection);
            connected.countDown();
        });
        new NodeHandlers(operations, InstantSource.system()).addTo(table);
        new FileHandlers(operations, lockHandlers).addTo(table);
        lockHandlers.addTo(table);
        new DirectoryHandlers(operations).addTo(table);
        new AttributeHandlers(operations).addTo(table, !options.has(MountFlag.NO_XATTRS));
        long session = libFuse.fuse_lowlevel_new(noArguments(memory), table.address(), OperationTable.SIZE_BYTES, 0);
        long channel = session == 0 ? 0 : libFuse.fuse_kern_chan_new(device.descriptor());
        if (channel == 0) {
            if (session != 0) {
                libFuse.fuse_session_destroy(session);
            }
            device.close();
            waits.close();
            table.close();
            memory.close();
            throw new IOException("libfuse refused to make a session");
        }
        libFuse.fuse_session_add_chan(session, channel);
        return new Session(libFuse, new Session.Resources(session, channel, waits, table, memory), options);
    }

    /** {@code struct fuse_args}: int argc, char **argv, int allocated. The one argument is the program's name. */
    private static long noArguments(Arena memory) {
        MemorySegment words = memory.allocate(ValueLayout.JAVA_LONG, 2);
        words.set(ValueLayout.JAVA_LONG, 0, memory.allocateFrom("needlefs").address());
        MemorySegment arguments = memory.allocate(3 * (long) Long.BYTES, Long.BYTES);
        arguments.set(ValueLayout.JAVA_INT, 0, 1);
        arguments.set(ValueLayout.JAVA_LONG, Long.BYTES, words.address());
        return arguments.address();
    }

    private static void awaitConnection(CountDownLatch connected) throws IOException {
        try {
            if (!connected.await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IOException("the kernel did not speak within " + CONNECT_SECONDS_MAX + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while mounting", interrupted);
        }
    }

    private static void unmountAfter(IOException failure, Mountpoint mountpoint) {
        try {
            mountpoint.unmount(true);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
