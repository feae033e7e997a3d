package org.needlefs.client.vfs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Name;

/**
 * Which extended attributes a file may have (xattr(7)): those of users, of trusted processes and of security modules.
 * {@code system.*} holds access control lists, which change permissions: keeping them as mere values would tell
 * {@code cp -a} that it has set permissions which nobody applies.
 */
final class XattrNames {
    private static final List<String> PREFIXES = List.of("user.", "trusted.", "security.");

    private XattrNames() {}

    /** @throws FsException EOPNOTSUPP: there is no such namespace here */
    static void check(Name name) throws FsException {
        String text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
        for (String prefix : PREFIXES) {
            if (text.startsWith(prefix) && text.length() > prefix.length()) {
                return;
            }
        }
        throw Errno.EOPNOTSUPP.because("extended attribute %s", name);
    }
}
