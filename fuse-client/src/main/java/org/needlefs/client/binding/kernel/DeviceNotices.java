package org.needlefs.client.binding.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.MemorySegment;
import org.needlefs.client.binding.kernel.protocol.KernelNotices;
import org.needlefs.client.binding.kernel.system.FuseDevice;
import org.needlefs.client.binding.kernel.system.NativeBuffer;
import org.needlefs.cluster.model.Inode;

/** Notices written to the device. The kernel takes them without waiting for any request. Threading: any. */
final class DeviceNotices implements KernelNotices {
    private static final int FUSE_NOTIFY_INVAL_INODE = 2;
    /** {@code fuse_out_header}, then {@code fuse_notify_inval_inode_out}: node, offset, length. */
    private static final int INVAL_INODE_SIZE = 40;
    /** A negative offset leaves the pages alone. */
    private static final long ATTRIBUTES_ONLY = -1;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final FuseDevice device;

    @GuardedBy("lock")
    private final MemorySegment notice = NativeBuffer.allocate(INVAL_INODE_SIZE);

    DeviceNotices(FuseDevice device) {
        this.device = device;
    }

    @Override
    public void attributesChanged(Inode inode) {
        synchronized (lock) {
            notice.set(JAVA_INT, 0, INVAL_INODE_SIZE);
            notice.set(JAVA_INT, 4, FUSE_NOTIFY_INVAL_INODE);
            notice.set(JAVA_LONG, 8, 0);
            notice.set(JAVA_LONG, 16, inode.value());
            notice.set(JAVA_LONG, 24, ATTRIBUTES_ONLY);
            notice.set(JAVA_LONG, 32, 0);
            // ENOENT: the kernel does not know the inode, so it remembers nothing that could be wrong.
            int unused = device.write(notice, INVAL_INODE_SIZE);
        }
    }
}
