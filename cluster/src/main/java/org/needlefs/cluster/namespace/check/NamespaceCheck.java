package org.needlefs.cluster.namespace.check;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;

/**
 * Looks at every row of a snapshot and reports what does not fit together: entries, links, parents, loops, contents,
 * sizes, shared objects, orphans, attributes, totals, and objects that are missing from the store.
 *
 * <p>Bound: about 100 bytes an inode and 30 an object, and {@link #PROBLEM_COUNT_MAX} problems, after which it only counts
 * on. Confined to one thread; nothing is changed.
 */
public final class NamespaceCheck {
    public static final int PROBLEM_COUNT_MAX = 10_000;

    private static final int NAME = 16;
    private static final List<NodeKind> KINDS = List.of(NodeKind.values());

    /** The directory in the root that takes what has lost its name. */
    public static final Name LOST_AND_FOUND = named("lost+found");

    private final StateSnapshot snapshot;
    private final NamespaceState state;
    private final int hashBitCount;
    private final Problems problems = new Problems();
    private final ContentCheck contents;

    /** By inode: {@link #NAME} for each name that leads to it, plus the place of its kind in {@link #KINDS}. */
    private final LongCounts names = new LongCounts();

    /** By directory: the parent that its row has; entries and directories found in it; the directory it was found in. */
    private final LongCounts directories = new LongCounts();

    private final LongCounts entryCounts = new LongCounts();
    private final LongCounts subdirectories = new LongCounts();
    private final LongCounts foundIn = new LongCounts();
    private final LongCounts foundAt = new LongCounts();

    /** Inodes with a row of extended attributes. */
    private final LongCounts attributed = new LongCounts();

    private long lastInode;
    private long inodeCount;
    private long contentBytes;
    private long garbageCount;

    /** @param hashBitCount of a name, as the namespace has it */
    public NamespaceCheck(StateSnapshot snapshot, NamespaceState state, ObjectPresence objects, int hashBitCount) {
        this.snapshot = snapshot;
        this.state = state;
        this.contents = new ContentCheck(snapshot, state, objects, problems);
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
        contents.run(meta.get());
        snapshot.scan(state.xattrs(), Key.FIRST, Key.LAST, (key, _) -> {
            attributed.put(key.high(), 1);
            if (!names.contains(key.high())) {
                problems.report(
                        new Mend.DropRows(new Inode(key.high())),
                        "extended attributes of inode %d, which is gone",
                        key.high());
            }
            return true;
        });
        reachability();
        snapshot.scan(state.nodes(), Key.FIRST, Key.LAST, this::node);
        contents.references();
        snapshot.scan(state.orphans(), Key.FIRST, Key.LAST, this::orphan);
        snapshot.scan(state.garbage(), Key.FIRST, Key.LAST, (key, row) -> {
            garbageCount++;
            if (contents.isInUse(row.object())) {
                problems.report(
                        new Mend.DropGarbage(key.high(), key.low()),
                        "object %s is to be deleted and in use",
                        row.object());
            }
            return true;
        });
        totals(meta.get());
        return problems.found();
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
        problems.report(
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
            problems.report(drop, "'%s' in %s %s", named.name(), parent, misplaced.get());
        } else if (!names.contains(inode)) {
            problems.report(drop, "'%s' in %s leads to inode %d, which is gone", named.name(), parent, inode);
        } else if (!directories.contains(key.high())) {
            problems.report(drop, "'%s' is in %s, which is no directory", named.name(), parent);
        } else if (foundIn.contains(inode) || inode == Inode.ROOT.value()) {
            problems.report(drop, "directory %d has a second name, '%s' in %s", inode, named.name(), parent);
        } else {
            NodeKind kind = KINDS.get((int) (names.get(inode) % NAME));
            if (named.kind() != kind) {
                problems.report(
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
                problems.report(
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
            problems.report(new Mend.Adopt(inode, Inode.ROOT, named("inode-" + inode)), "inode %s has no name", inode);
            return true;
        }
        long links = directory ? (found == 0 && !root ? 0 : 2 + subdirectories.get(key.high())) : found;
        long parent = directory && foundIn.contains(key.high()) ? foundIn.get(key.high()) : node.parent();
        long entries = entryCounts.get(key.high());
        long bytes = contents.allocatedBytes(key.high());
        Optional<Mend> mend = Optional.of(
                new Mend.Numbers(inode, (int) links, parent == 0 ? Inode.ROOT : new Inode(parent), entries, bytes));
        problems.expect(
                mend,
                node.attributes().linkCount() == links,
                "inode %s has %d links, its names make %d",
                inode,
                node.attributes().linkCount(),
                links);
        problems.expect(
                mend,
                !directory || node.parent() == parent,
                "directory %s says it is in %d and is in %d",
                inode,
                node.parent(),
                parent);
        problems.expect(
                mend,
                !directory || node.entryCount() == entries,
                "directory %s says it has %d entries and has %d",
                inode,
                node.entryCount(),
                entries);
        problems.expect(
                mend,
                node.attributes().allocatedBytes() == bytes,
                "inode %s says it keeps %d bytes and keeps %d",
                inode,
                node.attributes().allocatedBytes(),
                bytes);
        problems.expect(
                mend,
                node.contentKind() == contents.contentKind(key.high()),
                "inode %s is wrong about where its content is",
                inode);
        problems.expect(
                mend,
                node.hasXattrs() == attributed.contains(key.high()),
                "inode %s is wrong about having extended attributes",
                inode);
        problems.expect(
                Optional.of(new Mend.LetGo(node.holder(), inode)),
                node.holder() == 0 || (holds(node) && found == 0),
                "inode %s has a name or is not held by session %d",
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
        problems.expect(
                Optional.of(new Mend.LetGo(key.high(), new Inode(key.low()))),
                node.isPresent() && node.get().holder() == key.high() && held == 1,
                "session %d holds inode %d, which knows nothing of it",
                key.high(),
                key.low());
        problems.expect(
                Optional.of(new Mend.LetGo(key.high(), new Inode(key.low()))),
                snapshot.get(state.sessions(), Key.of(key.high())).isPresent(),
                "inode %d is held by session %d, which is not open",
                key.low(),
                key.high());
        return true;
    }

    private void totals(Meta meta) {
        Optional<Mend> mend = Optional.of(
                new Mend.Totals(inodeCount, contentBytes, contents.sharedCount(), garbageCount, lastInode + 1));
        problems.expect(
                mend,
                meta.inodeCount() == inodeCount,
                "%d inodes are counted, there are %d",
                meta.inodeCount(),
                inodeCount);
        problems.expect(
                mend,
                meta.nextInode() > lastInode,
                "inode %d would be given out again, the next is to be %d",
                lastInode,
                meta.nextInode());
        problems.expect(
                mend,
                meta.contentBytes() == contentBytes,
                "%d bytes are counted, there are %d",
                meta.contentBytes(),
                contentBytes);
        problems.expect(
                mend,
                meta.sharedCount() == contents.sharedCount(),
                "%d shared objects are counted, there are %d",
                meta.sharedCount(),
                contents.sharedCount());
        problems.expect(
                mend,
                meta.garbageCount() == garbageCount,
                "%d pieces of garbage are counted, there are %d",
                meta.garbageCount(),
                garbageCount);
    }
}
