package org.needlefs.cluster.namespace.check;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.machine.ExtentLists;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.storage.ObjectId;

/**
 * Looks at every row of a snapshot and reports what does not fit together: entries, links, parents, loops, contents,
 * sizes, shared objects, orphans, attributes, totals, and objects that are missing from the store.
 *
 * <p>Bound: about 100 bytes an inode and 30 an object, and {@link #PROBLEM_COUNT_MAX} problems, after which it only counts
 * on. Confined to one thread; nothing is changed.
 */
public final class NamespaceCheck {
    public static final int PROBLEM_COUNT_MAX = 10_000;

    private static final ObjectId NO_OBJECT = new ObjectId(0, 0);
    private static final int NAME = 16;
    private static final List<NodeKind> KINDS = List.of(NodeKind.values());

    /** The directory in the root that takes what has lost its name. */
    public static final Name LOST_AND_FOUND = named("lost+found");

    private final StateSnapshot snapshot;
    private final NamespaceState state;
    private final ObjectPresence objects;
    private final int hashBitCount;
    private final List<Problem> problems = new ArrayList<>();

    /** By inode: {@link #NAME} for each name that leads to it, plus the place of its kind in {@link #KINDS}. */
    private final LongCounts names = new LongCounts();

    /** By directory: the parent that its row has; entries and directories found in it; the directory it was found in. */
    private final LongCounts directories = new LongCounts();

    private final LongCounts entryCounts = new LongCounts();
    private final LongCounts subdirectories = new LongCounts();
    private final LongCounts foundIn = new LongCounts();
    private final LongCounts foundAt = new LongCounts();

    /** By inode: bytes of content. */
    private final LongCounts allocated = new LongCounts();

    /** Inodes with an inline row, and inodes with a row of extended attributes. */
    private final LongCounts inlined = new LongCounts();

    private final LongCounts attributed = new LongCounts();

    /** By a hash of the object: chunks that refer to it. Two objects with the same hash are not to be expected. */
    private final LongCounts referrers = new LongCounts();

    private long lastInode;
    private long inodeCount;
    private long contentBytes;
    private long sharedCount;
    private long garbageCount;

    /** @param hashBitCount of a name, as the namespace has it */
    public NamespaceCheck(StateSnapshot snapshot, NamespaceState state, ObjectPresence objects, int hashBitCount) {
        this.snapshot = snapshot;
        this.state = state;
        this.objects = objects;
        this.hashBitCount = hashBitCount;
    }

    private static Name named(String text) {
        try {
            return Name.of(text);
        } catch (FsException e) {
            throw new AssertionError(e);
        }
    }

    /** All problems, in the order in which they should be mended. */
    public List<Problem> run() throws IOException {
        Optional<Meta> meta = snapshot.get(state.meta(), Key.FIRST);
        if (meta.isEmpty()) {
            return List.of(new Problem("the namespace is not formatted", Optional.empty()));
        }
        snapshot.scan(state.nodes(), Key.FIRST, Key.LAST, (key, node) -> {
            names.put(key.high(), KINDS.indexOf(node.attributes().kind()));
            lastInode = key.high();
            if (node.attributes().isDirectory()) {
                directories.put(key.high(), node.parent());
            }
            return true;
        });
        entries(new EntryLine(new NameHash(meta.get().filesystemId(), hashBitCount)));
        snapshot.scan(state.chunks(), Key.FIRST, Key.LAST, (key, extents) -> chunk(meta.get(), key, extents));
        snapshot.scan(state.inline(), Key.FIRST, Key.LAST, this::inline);
        snapshot.scan(state.xattrs(), Key.FIRST, Key.LAST, (key, _) -> {
            attributed.put(key.high(), 1);
            if (!names.contains(key.high())) {
                report(
                        new Mend.DropRows(new Inode(key.high())),
                        "extended attributes of inode %d, which is gone",
                        key.high());
            }
            return true;
        });
        reachability();
        snapshot.scan(state.nodes(), Key.FIRST, Key.LAST, this::node);
        references();
        snapshot.scan(state.orphans(), Key.FIRST, Key.LAST, this::orphan);
        snapshot.scan(state.garbage(), Key.FIRST, Key.LAST, (key, row) -> {
            garbageCount++;
            if (referrers.get(hash(row.object())) > 0) {
                report(
                        new Mend.DropGarbage(key.high(), key.low()),
                        "object %s is to be deleted and in use",
                        row.object());
            }
            return true;
        });
        totals(meta.get());
        return List.copyOf(problems);
    }

    private void entries(EntryLine line) throws IOException {
        snapshot.scan(state.entries(), Key.FIRST, Key.LAST, (key, row) -> {
            line.uselessGap(key).ifPresent(this::uselessGap);
            Optional<String> misplaced = line.next(key, row);
            if (row instanceof EntryRow.Named named) {
                entry(key, named, misplaced);
            }
            return true;
        });
        line.uselessGap(Key.FIRST).ifPresent(this::uselessGap);
    }

    private void uselessGap(Key key) {
        report(
                new Mend.DropEntry(new Inode(key.high()), key.low()),
                "directory %d has a gap at %d with nothing behind it",
                key.high(),
                key.low());
    }

    private void entry(Key key, EntryRow.Named named, Optional<String> misplaced) {
        long inode = named.inode().value();
        Inode parent = new Inode(key.high());
        Mend drop = new Mend.DropEntry(parent, key.low());
        if (misplaced.isPresent()) {
            report(drop, "'%s' in %s %s", named.name(), parent, misplaced.get());
        } else if (!names.contains(inode)) {
            report(drop, "'%s' in %s leads to inode %d, which is gone", named.name(), parent, inode);
        } else if (!directories.contains(key.high())) {
            report(drop, "'%s' is in %s, which is no directory", named.name(), parent);
        } else if (foundIn.contains(inode) || inode == Inode.ROOT.value()) {
            report(drop, "directory %d has a second name, '%s' in %s", inode, named.name(), parent);
        } else {
            NodeKind kind = KINDS.get((int) (names.get(inode) % NAME));
            if (named.kind() != kind) {
                report(
                        new Mend.RetypeEntry(parent, key.low()),
                        "'%s' in %s says %s and leads to a %s",
                        named.name(),
                        parent,
                        named.kind(),
                        kind);
            }
            names.add(inode, NAME);
            entryCounts.add(key.high(), 1);
            if (kind == NodeKind.DIRECTORY) {
                subdirectories.add(key.high(), 1);
                foundIn.put(inode, key.high());
                foundAt.put(inode, key.low());
            }
        }
    }

    private boolean chunk(Meta meta, Key key, List<Extent> extents) throws IOException {
        Inode inode = new Inode(key.high());
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.high()));
        if (node.isEmpty() || !node.get().attributes().isFile()) {
            report(new Mend.DropRows(inode), "content of inode %s, which is no file", inode);
            return true;
        }
        int chunkSizeBytes = meta.geometry().chunkSizeBytes();
        long sizeBytes = node.get().attributes().sizeBytes();
        boolean behind = key.low() < 0 || key.low() > sizeBytes / chunkSizeBytes;
        long left = behind ? 0 : sizeBytes - key.low() * chunkSizeBytes;
        if (extents.isEmpty() || !ExtentLists.valid(extents, chunkSizeBytes)) {
            for (ObjectId culprit : culprits(extents, chunkSizeBytes)) {
                report(
                        new Mend.DropExtents(inode, key.low(), culprit),
                        "the extents of inode %s in chunk %d overlap, are none or leave the chunk",
                        inode,
                        key.low());
            }
        } else if (extents.getLast().chunkEndBytes() > left) {
            report(
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
                report(
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
            report(new Mend.DropRows(inode), "bytes of inode %s, which is no file", inode);
        } else if (allocated.get(key.high()) > 0) {
            report(new Mend.KeepOneContent(inode), "inode %s has bytes inline and in chunks", inode);
        } else if (bytes.length > node.get().attributes().sizeBytes() || bytes.length == 0) {
            report(new Mend.CutBehindEnd(inode, 0), "inode %s has more bytes inline than its size, or none", inode);
        }
        inlined.put(key.high(), 1);
        allocated.add(key.high(), bytes.length);
        return true;
    }

    /** Every directory must lead up to the root: those that do not are adopted, the topmost first. */
    private void reachability() {
        LongCounts reaches = new LongCounts();
        reaches.put(Inode.ROOT.value(), 1);
        for (long directory : directories.keys()) {
            LongCounts path = new LongCounts();
            long at = directory;
            while (reaches.get(at) == 0 && foundIn.contains(at) && !path.contains(at)) {
                path.put(at, 1);
                at = foundIn.get(at);
            }
            if (reaches.get(at) == 0 && path.contains(at)) {
                report(
                        new Mend.DropEntry(new Inode(foundIn.get(at)), foundAt.get(at)),
                        "directory %d is inside itself",
                        at);
            }
            for (long passed : path.keys()) {
                reaches.put(passed, 1);
            }
        }
    }

    private boolean node(Key key, Node node) throws IOException {
        inodeCount++;
        contentBytes += node.attributes().allocatedBytes();
        Inode inode = node.inode();
        boolean directory = node.attributes().isDirectory();
        boolean root = inode.equals(Inode.ROOT);
        long found = names.get(key.high()) / NAME;
        boolean lost = found == 0 && !root && node.holder() == 0;
        if (lost) {
            report(new Mend.Adopt(inode, Inode.ROOT, named("inode-" + inode)), "inode %s has no name", inode);
            return true;
        }
        long links = directory ? (found == 0 && !root ? 0 : 2 + subdirectories.get(key.high())) : found;
        long parent = directory && foundIn.contains(key.high()) ? foundIn.get(key.high()) : node.parent();
        long entries = entryCounts.get(key.high());
        long bytes = allocated.get(key.high());
        Optional<Mend> mend = Optional.of(
                new Mend.Numbers(inode, (int) links, parent == 0 ? Inode.ROOT : new Inode(parent), entries, bytes));
        expect(
                mend,
                node.attributes().linkCount() == links,
                "inode %s has %d links, its names make %d",
                inode,
                node.attributes().linkCount(),
                links);
        expect(
                mend,
                !directory || node.parent() == parent,
                "directory %s says it is in %d and is in %d",
                inode,
                node.parent(),
                parent);
        expect(
                mend,
                !directory || node.entryCount() == entries,
                "directory %s says it has %d entries and has %d",
                inode,
                node.entryCount(),
                entries);
        expect(
                mend,
                node.attributes().allocatedBytes() == bytes,
                "inode %s says it keeps %d bytes and keeps %d",
                inode,
                node.attributes().allocatedBytes(),
                bytes);
        expect(
                mend,
                node.contentKind() == contentKind(key.high()),
                "inode %s is wrong about where its content is",
                inode);
        expect(
                mend,
                node.hasXattrs() == attributed.contains(key.high()),
                "inode %s is wrong about having extended attributes",
                inode);
        expect(
                Optional.of(new Mend.LetGo(node.holder(), inode)),
                node.holder() == 0 || (holds(node) && found == 0),
                "inode %s has a name or is not held by session %d",
                inode,
                node.holder());
        return true;
    }

    private Node.ContentKind contentKind(long inode) {
        if (inlined.contains(inode)) {
            return Node.ContentKind.INLINE;
        }
        return allocated.get(inode) == 0 ? Node.ContentKind.NONE : Node.ContentKind.CHUNKS;
    }

    private boolean holds(Node node) throws IOException {
        return snapshot.get(state.orphans(), new Key(node.holder(), node.inode().value()))
                .isPresent();
    }

    private boolean orphan(Key key, Long held) throws IOException {
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.low()));
        expect(
                Optional.of(new Mend.LetGo(key.high(), new Inode(key.low()))),
                node.isPresent() && node.get().holder() == key.high() && held == 1,
                "session %d holds inode %d, which knows nothing of it",
                key.high(),
                key.low());
        expect(
                Optional.of(new Mend.LetGo(key.high(), new Inode(key.low()))),
                snapshot.get(state.sessions(), Key.of(key.high())).isPresent(),
                "inode %d is held by session %d, which is not open",
                key.low(),
                key.high());
        return true;
    }

    private void references() throws IOException {
        LongCounts right = new LongCounts();
        snapshot.scan(state.references(), Key.FIRST, Key.LAST, (key, count) -> {
            sharedCount++;
            ObjectId object = new ObjectId(key.high(), key.low());
            long found = referrers.get(hash(object));
            right.put(hash(object), 1);
            expect(
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
                    report(
                            new Mend.References(extent.object(), referrers.get(hash)),
                            "object %s is in %d chunks and counted as in one",
                            extent.object(),
                            referrers.get(hash));
                }
            }
            return true;
        });
    }

    private void totals(Meta meta) {
        Optional<Mend> mend =
                Optional.of(new Mend.Totals(inodeCount, contentBytes, sharedCount, garbageCount, lastInode + 1));
        expect(
                mend,
                meta.inodeCount() == inodeCount,
                "%d inodes are counted, there are %d",
                meta.inodeCount(),
                inodeCount);
        expect(
                mend,
                meta.nextInode() > lastInode,
                "inode %d would be given out again, the next is to be %d",
                lastInode,
                meta.nextInode());
        expect(
                mend,
                meta.contentBytes() == contentBytes,
                "%d bytes are counted, there are %d",
                meta.contentBytes(),
                contentBytes);
        expect(
                mend,
                meta.sharedCount() == sharedCount,
                "%d shared objects are counted, there are %d",
                meta.sharedCount(),
                sharedCount);
        expect(
                mend,
                meta.garbageCount() == garbageCount,
                "%d pieces of garbage are counted, there are %d",
                meta.garbageCount(),
                garbageCount);
    }

    private static long hash(ObjectId object) {
        long mixed = (object.high() ^ 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L + object.low();
        mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 32;
        return mixed == 0 ? 1 : mixed;
    }

    @FormatMethod
    private void expect(Optional<Mend> mend, boolean good, @FormatString String sentence, Object... arguments) {
        if (!good && problems.size() < PROBLEM_COUNT_MAX) {
            problems.add(new Problem(String.format(sentence, arguments), mend));
        }
    }

    @FormatMethod
    private void report(Mend mend, @FormatString String sentence, Object... arguments) {
        expect(Optional.of(mend), false, sentence, arguments);
    }
}
