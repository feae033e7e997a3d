package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.namespace.state.GarbageRow;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.storage.Check;
import org.needlefs.storage.ObjectId;

/**
 * Counts, for one command, how many chunks refer to an object before and after; then keeps the counts of shared objects
 * and gives objects that lost their last chunk to the garbage.
 *
 * <p>An object without a stored count has one chunk that refers to it, or none if it is new. Which of the two cannot be
 * looked up, so the command must say: it {@code shares} objects that are in use, or brings in new ones.
 */
final class ReferenceTally {
    private final NamespaceState state;
    private final Counters counters;
    private final boolean shares;
    private final Map<ObjectId, Count> counts = new LinkedHashMap<>();
    private int row;

    ReferenceTally(NamespaceState state, Counters counters, boolean shares) {
        this.state = state;
        this.counters = counters;
        this.shares = shares;
    }

    /** The chunk had the extents {@code before} and has {@code after} now. */
    void chunkChanged(List<Extent> before, List<Extent> after) {
        row++;
        for (Extent extent : before) {
            Count count = counts.computeIfAbsent(extent.object(), _ -> new Count());
            if (count.lastRowBefore != row) {
                count.lastRowBefore = row;
                count.before++;
            }
        }
        for (Extent extent : after) {
            Count count = counts.computeIfAbsent(extent.object(), _ -> new Count());
            if (count.lastRowAfter != row) {
                count.lastRowAfter = row;
                count.after++;
            }
        }
    }

    /** The command brought these objects in; those of which no chunk kept anything are garbage at once. */
    void offered(List<Extent> extents) {
        for (Extent extent : extents) {
            counts.computeIfAbsent(extent.object(), _ -> new Count()).offered = true;
        }
    }

    void settle(Context context) throws IOException {
        for (Map.Entry<ObjectId, Count> entry : counts.entrySet()) {
            Count count = entry.getValue();
            if (count.before != count.after || (count.offered && count.after == 0)) {
                settle(context, entry.getKey(), count);
            }
        }
    }

    private void settle(Context context, ObjectId object, Count count) throws IOException {
        Key key = new Key(object.high(), object.low());
        boolean known = count.before > 0 || shares;
        long stored = counters.sharedCount() == 0 || !known
                ? 0
                : state.references().get(key).orElse(0L);
        long total = stored > 0 ? stored : known ? 1 : 0;
        long left = total - count.before + count.after;
        Check.that(left >= 0, "object %s has lost more references than it had", object);
        if (left >= 2) {
            state.references().put(key, left);
            counters.sharedGrew(stored > 0 ? 0 : 1);
        } else if (stored > 0) {
            state.references().remove(key);
            counters.sharedGrew(-1);
        }
        if (left == 0) {
            toGarbage(context, object);
        }
    }

    private void toGarbage(Context context, ObjectId object) {
        Key key = new Key(context.logIndex(), counters.newGarbageNumber(context.logIndex()));
        state.garbage().put(key, new GarbageRow(object, context.timeNanos()));
        counters.garbageGrew(1);
    }

    private static final class Count {
        private int before;
        private int after;
        private int lastRowBefore;
        private int lastRowAfter;
        private boolean offered;
    }
}
