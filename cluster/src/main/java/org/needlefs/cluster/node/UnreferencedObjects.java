package org.needlefs.cluster.node;

import java.io.IOException;
import java.util.List;
import org.needlefs.cluster.namespace.Namespace;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.NeedleHead;
import org.needlefs.storage.needle.ObjectStore;

/**
 * Finds objects that nobody refers to: what a crash between storing an object and naming it leaves behind ({@code gc}).
 *
 * <p>Guarantee: never takes an object that a file refers to, that waits in the garbage queue, that is younger than
 * {@value #AGE_MILLIS_MIN} ms, or that this session put (it may be about to be named). May overlook some: a later run
 * finds them, see {@link ReferenceFilter}. Bound: 16 bits for each object of the store. Threading: any; one run at a time.
 */
public final class UnreferencedObjects {
    /** An hour. */
    static final long AGE_MILLIS_MIN = 3_600_000;

    private static final int PAGE_COUNT = 1_000;
    private static final ObjectId FIRST = new ObjectId(0, 0);

    private final ObjectStore store;
    private final Namespace namespace;
    private final long nowMillis;
    private final long ageMillisMin;

    UnreferencedObjects(ObjectStore store, Namespace namespace, long nowMillis, long ageMillisMin) {
        this.store = store;
        this.namespace = namespace;
        this.nowMillis = nowMillis;
        this.ageMillisMin = ageMillisMin;
    }

    /**
     * What a run found.
     *
     * @param objectCount of the store
     * @param unreferencedCount that nobody refers to; deleted unless it was a dry run
     */
    public record Found(long objectCount, long unreferencedCount, long unreferencedBytes) {}

    /** Is told after each page of objects how many of how many were looked at. */
    @FunctionalInterface
    public interface Progress {
        void lookedAt(long objectCount, long totalCount);
    }

    /** Looks at all objects and deletes those that nobody refers to, or only counts them if {@code dryRun}. */
    Found run(boolean dryRun, Progress progress) throws IOException {
        long totalCount = count();
        ReferenceFilter referenced = new ReferenceFilter(totalCount, System.nanoTime());
        namespace.forEachObject(referenced::add);
        long ownSession = namespace.fileSystem().session();
        long lookedAtCount = 0;
        long foundCount = 0;
        long foundBytes = 0;
        ObjectId last = FIRST;
        List<NeedleHead> page = store.list(last, PAGE_COUNT);
        while (!page.isEmpty()) {
            for (NeedleHead head : page) {
                boolean old = head.createdMillis() <= nowMillis - ageMillisMin;
                if (old && head.id().high() != ownSession && !referenced.mayContain(head.id())) {
                    foundCount++;
                    foundBytes += head.sizeBytes();
                    if (!dryRun) {
                        boolean _ = store.delete(head.id());
                    }
                }
            }
            lookedAtCount += page.size();
            progress.lookedAt(lookedAtCount, Math.max(totalCount, lookedAtCount));
            last = page.getLast().id();
            page = store.list(last, PAGE_COUNT);
        }
        if (foundCount > 0 && !dryRun) {
            store.sync();
        }
        return new Found(lookedAtCount, foundCount, foundBytes);
    }

    private long count() throws IOException {
        long count = 0;
        List<NeedleHead> page = store.list(FIRST, PAGE_COUNT);
        while (!page.isEmpty()) {
            count += page.size();
            page = store.list(page.getLast().id(), PAGE_COUNT);
        }
        return count;
    }
}
