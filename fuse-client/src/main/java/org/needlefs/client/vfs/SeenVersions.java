package org.needlefs.client.vfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;

/**
 * The version of files that the kernel's pages show: this mount's own changes went through the kernel, so a file whose version is
 * still the one seen at its last close needs no new pages. Bound: {@code countMax} files, the one closed longest ago
 * forgotten first, which costs only a re-read. Threading: any.
 */
final class SeenVersions {
    private final int countMax;

    @GuardedBy("this")
    private final LinkedHashMap<Inode, Long> versions = new LinkedHashMap<>();

    SeenVersions(int countMax) {
        this.countMax = countMax;
    }

    synchronized void saw(Attributes attributes) {
        versions.remove(attributes.inode());
        versions.put(attributes.inode(), attributes.version());
        if (versions.size() > countMax) {
            versions.pollFirstEntry();
        }
    }

    /** A change of this mount's own, if nobody else changed the file in between. */
    synchronized void changed(Attributes answer) {
        if (versions.getOrDefault(answer.inode(), -1L) == answer.version() - 1) {
            versions.put(answer.inode(), answer.version());
        }
    }

    synchronized boolean isSame(Attributes attributes) {
        return versions.getOrDefault(attributes.inode(), -1L) == attributes.version();
    }
}
