package org.needlefs.client.binding.kernel.protocol;

import java.lang.reflect.Proxy;
import org.needlefs.client.vfs.FileOperations;

/** A filesystem in which every call meets a bug. */
final class BrokenOperations {
    private BrokenOperations() {}

    static FileOperations make() {
        return (FileOperations) Proxy.newProxyInstance(
                FileOperations.class.getClassLoader(),
                new Class<?>[] {FileOperations.class},
                (proxy, method, arguments) -> {
                    throw new IllegalStateException("a bug in " + method.getName());
                });
    }
}
