package org.needlefs.client.vfs.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.needlefs.cluster.model.Extent;
import org.needlefs.storage.ObjectId;

/**
 * Which neighbouring extents of a chunk to rewrite as one object. Pure.
 *
 * <p>Appended pieces are merged by size, like the levels of a log-structured tree: pieces of under 32 KiB with each other, then
 * those of under 256 KiB, and so on by eight. A byte is so rewritten about once a level, and in the lowest once for each
 * {@code extentCountMax} pieces until 32 KiB are reached: a log of 100-byte lines, each synced, is written some 6 times in all. Pieces
 * scattered over old extents leave no such runs; there the whole chunk is rewritten, but only at four times as many extents:
 * for random 4 KiB writes some 5 times what was written. So is a chunk whose objects are dead for more than half.
 *
 * @param from first extent to rewrite
 * @param to behind the last
 */
record MergePlan(int from, int to) {
    private static final int JOIN_COUNT_MIN = 7;
    private static final int HARD_FACTOR = 4;
    private static final int LOWEST_TIER_BYTES = 32 << 10;
    private static final int TIER_FACTOR = 8;

    /** @param deadBytesMin below which dead space is not worth a rewrite */
    static Optional<MergePlan> of(List<Extent> extents, int extentCountMax, long deadBytesMin) {
        MergePlan whole = new MergePlan(0, extents.size());
        boolean tooMany =
                extents.size() > HARD_FACTOR * extentCountMax && whole.joinCount(extents) > extents.size() / 2;
        if (tooMany || isMostlyDead(extents, deadBytesMin)) {
            return Optional.of(whole);
        }
        if (extents.size() <= extentCountMax) {
            return Optional.empty();
        }
        long largest = extents.stream().mapToLong(Extent::sizeBytes).max().orElse(0);
        for (long limit = LOWEST_TIER_BYTES; limit / TIER_FACTOR < largest; limit *= TIER_FACTOR) {
            MergePlan run = longestRun(extents, limit);
            if (run.joinCount(extents) >= JOIN_COUNT_MIN && run.isOfOneTier(extents, limit)) {
                return Optional.of(run);
            }
        }
        return Optional.empty();
    }

    /** How many extents fewer there are afterwards: only those without a hole between them become one. */
    private int joinCount(List<Extent> extents) {
        int count = 0;
        for (int i = from + 1; i < to; i++) {
            count += extents.get(i - 1).chunkEndBytes() == extents.get(i).chunkOffsetBytes() ? 1 : 0;
        }
        return count;
    }

    /** Small pieces between large ones were overwritten there: merging them now would rewrite much for little. */
    private boolean isOfOneTier(List<Extent> extents, long limit) {
        int smallCount = 0;
        for (int i = from; i < to; i++) {
            smallCount += extents.get(i).sizeBytes() < limit / TIER_FACTOR ? 1 : 0;
        }
        return limit == LOWEST_TIER_BYTES || smallCount <= count() / 4;
    }

    int count() {
        return to - from;
    }

    private static MergePlan longestRun(List<Extent> extents, long sizeLimit) {
        MergePlan best = new MergePlan(0, 0);
        int start = 0;
        for (int i = 0; i <= extents.size(); i++) {
            if (i == extents.size() || extents.get(i).sizeBytes() >= sizeLimit) {
                best = i - start > best.count() ? new MergePlan(start, i) : best;
                start = i + 1;
            }
        }
        return best;
    }

    /** An object's size isn't known here; how far the chunk's extents reach into it is a lower bound. */
    private static boolean isMostlyDead(List<Extent> extents, long deadBytesMin) {
        long live = 0;
        Map<ObjectId, Integer> ends = new HashMap<>();
        for (Extent extent : extents) {
            live += extent.sizeBytes();
            ends.merge(extent.object(), extent.objectOffsetBytes() + extent.sizeBytes(), Math::max);
        }
        long reached = 0;
        for (int end : ends.values()) {
            reached += end;
        }
        long dead = reached - live;
        return dead > live && dead >= deadBytesMin;
    }
}
