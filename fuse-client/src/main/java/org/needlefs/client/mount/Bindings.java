package org.needlefs.client.mount;

import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.jnr.JnrFuseMount;
import org.needlefs.client.binding.kernel.KernelMount;

/** Which way to the kernel a mount takes. */
public final class Bindings {
    private Bindings() {}

    public static FuseMount choose(MountSettings.Binding binding) {
        return switch (binding) {
            case AUTO, KERNEL -> new KernelMount();
            case JNR -> new JnrFuseMount();
        };
    }
}
