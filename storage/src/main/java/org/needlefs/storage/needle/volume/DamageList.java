package org.needlefs.storage.needle.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Damage that was met since the volume was opened. Bound: the first 1,000 are kept, all are counted. Threading: any. */
final class DamageList {
    private static final int KEPT_MAX = 1_000;

    @GuardedBy("this")
    private final Set<Damage> kept = new LinkedHashSet<>();

    @GuardedBy("this")
    private long count;

    synchronized void add(Damage damage) {
        if (kept.contains(damage)) {
            return;
        }
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(damage);
        }
    }

    synchronized List<Damage> kept() {
        return List.copyOf(kept);
    }

    synchronized long count() {
        return count;
    }
}
