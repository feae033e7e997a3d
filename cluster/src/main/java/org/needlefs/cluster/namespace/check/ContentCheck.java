package org.needlefs.cluster.namespace.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.machine.ExtentLists;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.storage.ObjectId;

/** The part of {@link NamespaceCheck} that looks at what files contain, and at how often objects are referred to. */
final class ContentCheck {
    private static final ObjectId NO_OBJECT = new ObjectId(0, 0);

    private final StateSnapshot snapshot;
    private final NamespaceState state;
    private final ObjectPresence objects;
    private final Problems problems;

    /** By inode: bytes of content. */
    private final LongCounts allocated = new LongCounts();

    /** Inodes with an inline row. */
    private final LongCounts inlined = new LongCounts();

    /** By a hash of the object: chunks that refer to it. Two objects with the same hash are not to be expected. */
    private final LongCounts referrers = new LongCounts();

    private long sharedCount;

    ContentCheck(StateSnapshot snapshot, NamespaceState state, ObjectPresence objects, Problems problems) {
        this.snapshot = snapshot;
        this.state = state;
        this.objects = objects;
        this.problems = problems;
    }

    /** Looks at all content; the questions below are answered afterwards. */
    void run(Meta meta) throws IOException {
        snapshot.scan(state.chunks(), Key.FIRST, Key.LAST, (key, extents) -> chunk(meta, key, extents));
        snapshot.scan(state.inline(), Key.FIRST, Key.LAST, this::inline);
    }

    boolean isInUse(ObjectId object) {
        return referrers.get(hash(object)) > 0;
    }

    /** Bytes of an inode's content. */
    long allocatedBytes(long inode) {
        return allocated.get(inode);
    }

    /** Objects that the state says are shared; known after {@link #references}. */
    long sharedCount() {
        return sharedCount;
    }

    Node.ContentKind contentKind(long inode) {
        if (inlined.contains(inode)) {
            return Node.ContentKind.INLINE;
        }
        return allocated.get(inode) == 0 ? Node.ContentKind.NONE : Node.ContentKind.CHUNKS;
    }

    private boolean chunk(Meta meta, Key key, List<Extent> extents) throws IOException {
        Inode inode = new Inode(key.high());
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.high()));
        if (node.isEmpty() || !node.get().attributes().isFile()) {
            problems.report(new Mend.DropRows(inode), "content of inode %s, which is no file", inode);
            return true;
        }
        int chunkSizeBytes = meta.geometry().chunkSizeBytes();
        long sizeBytes = node.get().attributes().sizeBytes();
        boolean behind = key.low() < 0 || key.low() > sizeBytes / chunkSizeBytes;
        long left = behind ? 0 : sizeBytes - key.low() * chunkSizeBytes;
        if (extents.isEmpty() || !ExtentLists.valid(extents, chunkSizeBytes)) {
            for (ObjectId culprit : culprits(extents, chunkSizeBytes)) {
                problems.report(
                        new Mend.DropExtents(inode, key.low(), culprit),
                        "the extents of inode %s in chunk %d overlap, are none or leave the chunk",
                        inode,
                        key.low());
            }
        } else if (extents.getLast().chunkEndBytes() > left) {
            problems.report(
                    new Mend.CutBehindEnd(inode, key.low()),
                    "inode %s has bytes behind its end in chunk %d",
                    inode,
                    key.low());
        }
        allocated.add(key.high(), ExtentLists.sizeBytes(extents));
        objects(inode, key.low(), extents);
        return true;
    }

    /** Objects without which the list is good: those whose stretches reach into what stands before them, or too far. */
    private static Set<ObjectId> culprits(List<Extent> extents, int chunkSizeBytes) {
        Set<ObjectId> culprits = new LinkedHashSet<>();
        List<Extent> good = new ArrayList<>();
        for (Extent extent : extents) {
            good.add(extent);
            if (!ExtentLists.valid(good, chunkSizeBytes)) {
                good.removeLast();
                culprits.add(extent.object());
            }
        }
        return extents.isEmpty() ? Set.of(NO_OBJECT) : culprits;
    }

    private void objects(Inode inode, long chunkIndex, List<Extent> extents) throws IOException {
        for (int i = 0; i < extents.size(); i++) {
            Extent extent = extents.get(i);
            if (extents.subList(0, i).stream()
                    .noneMatch(before -> before.object().equals(extent.object()))) {
                referrers.add(hash(extent.object()), 1);
            }
            if (!objects.has(extent.object(), (long) extent.objectOffsetBytes() + extent.sizeBytes())) {
                problems.report(
                        new Mend.DropExtents(inode, chunkIndex, extent.object()),
                        "object %s of inode %s, chunk %d, is lost",
                        extent.object(),
                        inode,
                        chunkIndex);
            }
        }
    }

    private boolean inline(Key key, byte[] bytes) throws IOException {
        Inode inode = new Inode(key.high());
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.high()));
        if (node.isEmpty() || !node.get().attributes().isFile()) {
            problems.report(new Mend.DropRows(inode), "bytes of inode %s, which is no file", inode);
        } else if (allocated.get(key.high()) > 0) {
            problems.report(new Mend.KeepOneContent(inode), "inode %s has bytes inline and in chunks", inode);
        } else if (bytes.length > node.get().attributes().sizeBytes() || bytes.length == 0) {
            problems.report(
                    new Mend.CutBehindEnd(inode, 0), "inode %s has more bytes inline than its size, or none", inode);
        }
        inlined.put(key.high(), 1);
        allocated.add(key.high(), bytes.length);
        return true;
    }

    /** Compares the counts of references with what was found. */
    void references() throws IOException {
        LongCounts right = new LongCounts();
        snapshot.scan(state.references(), Key.FIRST, Key.LAST, (key, count) -> {
            sharedCount++;
            ObjectId object = new ObjectId(key.high(), key.low());
            long found = referrers.get(hash(object));
            right.put(hash(object), 1);
            problems.expect(
                    Optional.of(new Mend.References(object, found)),
                    count == found && count >= 2,
                    "object %s is said to be in %d chunks and is in %d",
                    object,
                    count,
                    found);
            return true;
        });
        snapshot.scan(state.chunks(), Key.FIRST, Key.LAST, (_, extents) -> {
            for (Extent extent : extents) {
                long hash = hash(extent.object());
                if (referrers.get(hash) >= 2 && !right.contains(hash)) {
                    right.put(hash, 1);
                    problems.report(
                            new Mend.References(extent.object(), referrers.get(hash)),
                            "object %s is in %d chunks and counted as in one",
                            extent.object(),
                            referrers.get(hash));
                }
            }
            return true;
        });
    }

    private static long hash(ObjectId object) {
        long mixed = (object.high() ^ 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L + object.low();
        mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 32;
        return mixed == 0 ? 1 : mixed;
    }
}
