package org.needlefs.cluster.namespace.check;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.machine.ExtentLists;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.Meta;
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

    /** The directory in the root that takes what has lost its name. */
    public static final Name LOST_AND_FOUND = named("lost+found");

    private final StateSnapshot snapshot;
    private final NamespaceState state;
    private final ObjectPresence objects;
    private final List<Problem> problems = new ArrayList<>();

    /** By inode: names that lead to it. */
    private final LongCounts names = new LongCounts();

    /** By directory: the parent that its row has; entries and directories found in it; the directory it was found in. */
    private final LongCounts directories = new LongCounts();

    private final LongCounts entryCounts = new LongCounts();
    private final LongCounts subdirectories = new LongCounts();
    private final LongCounts foundIn = new LongCounts();

    /** By inode: bytes of content. */
    private final LongCounts allocated = new LongCounts();

    /** By a hash of the object: chunks that refer to it. Two objects with the same hash are not to be expected. */
    private final LongCounts referrers = new LongCounts();

    private long inodeCount;
    private long contentBytes;
    private long sharedCount;
    private long garbageCount;

    public NamespaceCheck(StateSnapshot snapshot, NamespaceState state, ObjectPresence objects) {
        this.snapshot = snapshot;
        this.state = state;
        this.objects = objects;
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
            names.add(key.high(), 0);
            if (node.attributes().isDirectory()) {
                directories.put(key.high(), node.parent());
            }
            return true;
        });
        snapshot.scan(state.entries(), Key.FIRST, Key.LAST, this::entry);
        snapshot.scan(state.chunks(), Key.FIRST, Key.LAST, (key, extents) -> chunk(meta.get(), key, extents));
        snapshot.scan(state.inline(), Key.FIRST, Key.LAST, this::inline);
        snapshot.scan(state.xattrs(), Key.FIRST, Key.LAST, (key, _) -> {
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
        snapshot.scan(state.garbage(), Key.FIRST, Key.LAST, (_, row) -> {
            garbageCount++;
            if (referrers.get(hash(row.object())) > 0) {
                report("object %s is to be deleted and in use", row.object());
            }
            return true;
        });
        totals(meta.get());
        return List.copyOf(problems);
    }

    private boolean entry(Key key, EntryRow row) {
        if (!(row instanceof EntryRow.Named named)) {
            return true;
        }
        long inode = named.inode().value();
        Inode parent = new Inode(key.high());
        if (!names.contains(inode)) {
            report(
                    new Mend.DropEntry(parent, named.name()),
                    "'%s' in %s leads to inode %d, which is gone",
                    named.name(),
                    parent,
                    inode);
            return true;
        }
        if (!directories.contains(key.high())) {
            report(
                    new Mend.DropEntry(parent, named.name()),
                    "'%s' is in %s, which is no directory",
                    named.name(),
                    parent);
            return true;
        }
        names.add(inode, 1);
        entryCounts.add(key.high(), 1);
        if (directories.contains(inode)) {
            subdirectories.add(key.high(), 1);
            if (foundIn.contains(inode)) {
                report(
                        new Mend.DropEntry(parent, named.name()),
                        "directory %d has a second name, '%s' in %s",
                        inode,
                        named.name(),
                        parent);
            } else {
                foundIn.put(inode, key.high());
            }
        }
        return true;
    }

    private boolean chunk(Meta meta, Key key, List<Extent> extents) throws IOException {
        Inode inode = new Inode(key.high());
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.high()));
        if (node.isEmpty() || !node.get().attributes().isFile()) {
            report(new Mend.DropRows(inode), "content of inode %s, which is no file", inode);
            return true;
        }
        int chunkSizeBytes = meta.geometry().chunkSizeBytes();
        long left = node.get().attributes().sizeBytes() - key.low() * chunkSizeBytes;
        if (extents.isEmpty() || !ExtentLists.valid(extents, chunkSizeBytes)) {
            report("the extents of inode %s in chunk %d overlap, are none or leave the chunk", inode, key.low());
        } else if (extents.getLast().chunkEndBytes() > left) {
            ObjectId beyond = extents.getLast().object();
            report(
                    new Mend.DropExtents(inode, key.low(), beyond),
                    "inode %s has bytes behind its end in chunk %d",
                    inode,
                    key.low());
        }
        allocated.add(key.high(), ExtentLists.sizeBytes(extents));
        objects(inode, key.low(), extents);
        return true;
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
        if (node.isEmpty() || !node.get().attributes().isFile() || allocated.get(key.high()) > 0) {
            report(new Mend.DropRows(inode), "bytes of inode %s, which is no file or has them elsewhere", inode);
        } else if (bytes.length > node.get().attributes().sizeBytes()) {
            report("inode %s has more bytes inline than its size", inode);
        }
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
                report("directory %d is inside itself", at);
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
        long found = names.get(key.high());
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
                (node.contentKind() == Node.ContentKind.NONE) == (bytes == 0),
                "inode %s is wrong about having content",
                inode);
        expect(
                Optional.empty(),
                node.holder() == 0 || holds(node),
                "inode %s is not held by session %d",
                inode,
                node.holder());
        return true;
    }

    private boolean holds(Node node) throws IOException {
        return snapshot.get(state.orphans(), new Key(node.holder(), node.inode().value()))
                .isPresent();
    }

    private boolean orphan(Key key, Long held) throws IOException {
        Optional<Node> node = snapshot.get(state.nodes(), Key.of(key.low()));
        boolean good = node.isPresent() && node.get().holder() == key.high() && held == 1;
        expect(Optional.empty(), good, "session %d holds inode %d, which knows nothing of it", key.high(), key.low());
        expect(
                Optional.empty(),
                !good || node.map(found -> found.attributes().linkCount() == 0).orElse(false),
                "inode %d is held and has a name",
                key.low());
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
        Optional<Mend> mend = Optional.of(new Mend.Totals(inodeCount, contentBytes, sharedCount, garbageCount));
        expect(
                mend,
                meta.inodeCount() == inodeCount,
                "%d inodes are counted, there are %d",
                meta.inodeCount(),
                inodeCount);
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

    @FormatMethod
    private void report(@FormatString String sentence, Object... arguments) {
        expect(Optional.empty(), false, sentence, arguments);
    }
}
