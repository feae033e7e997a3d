package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The inodes that have something to flush, the one that has had it longest first. Bound: open inodes. Threading: any. */
final class DirtyInodes {
    @GuardedBy("this")
    private final LinkedHashSet<OpenInode> inodes = new LinkedHashSet<>();

    synchronized void add(OpenInode file) {
        inodes.add(file);
    }

    synchronized void remove(OpenInode file) {
        inodes.remove(file);
    }

    synchronized Optional<OpenInode> oldest(Set<OpenInode> except) {
        for (OpenInode file : inodes) {
            if (!except.contains(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    synchronized List<OpenInode> all() {
        return List.copyOf(inodes);
    }
}
