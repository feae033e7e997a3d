package org.needlefs.client.binding.kernel;

import java.io.IOException;
import java.nio.file.Path;
import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.kernel.protocol.RequestHandler;
import org.needlefs.client.binding.kernel.system.FuseDevice;
import org.needlefs.client.binding.kernel.system.MountCall;
import org.needlefs.client.binding.kernel.system.Mountpoint;
import org.needlefs.client.vfs.FileOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mounts by speaking the FUSE protocol on {@code /dev/fuse}: as root by mount(2), else through {@code fusermount3}.
 * Linux 5.4 or newer; needs access to native memory ({@code --enable-native-access}). Threading: any.
 */
public final class KernelMount implements FuseMount {
    private static final Logger LOG = LoggerFactory.getLogger(KernelMount.class);
    private static final int READ_AHEAD_BYTES = 1 << 20;

    @Override
    public Mounted mount(Path mountpoint, MountOptions options, FileOperations operations) throws IOException {
        Mountpoint place = Mountpoint.prepare(mountpoint);
        FuseDevice device = place.mount(new MountCall(options.name(), options.flags(), RequestHandler.DATA_SIZE_MAX));
        Session session = new Session(place, device, options, operations);
        session.start();
        try {
            session.awaitReady();
        } catch (IOException failure) {
            try {
                session.detach();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        try {
            place.setReadAhead(READ_AHEAD_BYTES);
        } catch (IOException slower) {
            LOG.info("{} is read ahead by the kernel's default: {}", place.path(), slower.toString());
        }
        return session;
    }
}
