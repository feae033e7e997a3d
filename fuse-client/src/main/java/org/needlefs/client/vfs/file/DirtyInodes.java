package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The inodes that have something to flush, the one that has had it longest first. Bound: open inodes. Threading: any. */
final class DirtyInodes {
    /** With the moment since when, as {@link System#nanoTime} has it. */
    @GuardedBy("this")
    private final LinkedHashMap<OpenInode, Long> sinceNanos = new LinkedHashMap<>();

    synchronized void add(OpenInode file) {
        sinceNanos.putIfAbsent(file, System.nanoTime());
    }

    synchronized void remove(OpenInode file) {
        sinceNanos.remove(file);
    }

    synchronized Optional<OpenInode> oldest(Set<OpenInode> except) {
        for (OpenInode file : sinceNanos.keySet()) {
            if (!except.contains(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Those that have had something for at least so long. */
    synchronized List<OpenInode> olderThan(long ageNanos) {
        long now = System.nanoTime();
        List<OpenInode> old = new ArrayList<>();
        for (Map.Entry<OpenInode, Long> entry : sinceNanos.entrySet()) {
            if (now - entry.getValue() < ageNanos) {
                break; // The order is that of time.
            }
            old.add(entry.getKey());
        }
        return old;
    }

    synchronized List<OpenInode> all() {
        return List.copyOf(sinceNanos.keySet());
    }
}
