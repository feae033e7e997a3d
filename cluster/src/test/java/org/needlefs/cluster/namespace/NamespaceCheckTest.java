package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.bytes;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.cluster.namespace.check.NamespaceCheck;
import org.needlefs.cluster.namespace.check.ObjectPresence;
import org.needlefs.cluster.namespace.check.Problem;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.machine.Tree;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.GarbageRow;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.state.Xattr;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.storage.ObjectId;

/** Damages the tables in each way that a check knows: it finds that and nothing else, and repair mends it for good. */
final class NamespaceCheckTest {
    private static final Inode NOBODY = new Inode(9999);
    private static final ObjectId FIRST = new ObjectId(50, 1);
    private static final ObjectId SECOND = new ObjectId(50, 2);
    private static final ObjectId NEW = new ObjectId(50, 3);
    private static final int EXTENT_BYTES = 30_000;
    private static final int CHUNK_BYTES = NamespaceFixture.GEOMETRY.chunkSizeBytes();
    private static final ObjectPresence ALL = AllObjects.STORED;

    @TempDir
    private Path directory;

    private Namespace namespace;
    private NamespaceState state;
    private Tree tree;
    private Inode folder;
    private Inode inner;
    private Inode small;
    private Inode large;
    private Inode held;

    /** One kind of damage and how the sentences begin, contain or end by which a check tells of it. */
    record Damage(String what, Action action, String... sentences) {
        @Override
        public String toString() {
            return what;
        }
    }

    interface Action {
        void on(NamespaceCheckTest test) throws IOException;
    }

    @BeforeEach
    void fill() throws IOException {
        namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY);
        state = namespace.state();
        tree = new Tree(state, new NameHash(NamespaceFixture.ID, NamespaceFixture.TINY.hashBitCount()));
        LocalFileSystem files = namespace.fileSystem();
        folder = files.make(Inode.ROOT, name("folder"), NewNode.directory(0755, 0, 0))
                .inode();
        inner = files.make(folder, name("inner"), NewNode.directory(0755, 0, 0)).inode();
        small = files.make(folder, name("small"), NewNode.file(0644, 0, 0)).inode();
        keep(files.write(small, new Write.Whole(bytes("hello")), 5, 1, false));
        keep(files.setXattr(small, name("user.colour"), bytes("blue"), XattrMode.CREATE));
        large = files.make(folder, name("large"), NewNode.file(0644, 0, 0)).inode();
        keep(files.write(large, new Write.Extents(List.of(chunk(0, FIRST), chunk(1, SECOND))), 100_000, 1, false));
        Inode sharing =
                files.make(inner, name("sharing"), NewNode.file(0644, 0, 0)).inode();
        keep(files.shareExtents(large, 0, sharing, 0, EXTENT_BYTES, 1));
        held = files.make(Inode.ROOT, name("held"), NewNode.file(0644, 0, 0)).inode();
        keep(files.unlink(Inode.ROOT, name("held"), true));
        assertThat(namespace.check(ALL)).isEmpty();
    }

    @AfterEach
    void close() throws IOException {
        namespace.close();
    }

    private static void keep(Attributes attributes) {
        assertThat(attributes.version()).isPositive();
    }

    private static Chunk chunk(long index, ObjectId object) {
        return new Chunk(index, List.of(new Extent(0, EXTENT_BYTES, object, 0)));
    }

    private static Key key(Inode inode) {
        return Key.of(inode.value());
    }

    private Node node(Inode inode) throws IOException {
        return tree.node(inode);
    }

    private void save(Node node) {
        state.nodes().put(key(node.inode()), node);
    }

    private Key entry(Inode parent, String called) throws IOException {
        return new Key(
                parent.value(), tree.entry(parent, name(called)).orElseThrow().cookie());
    }

    /** Where a new entry of that name would stand. */
    private Key free(Inode parent, String called) throws IOException {
        long first = new NameHash(NamespaceFixture.ID, NamespaceFixture.TINY.hashBitCount()).firstCookie(name(called));
        long cookie = first;
        while (state.entries().get(new Key(parent.value(), cookie)).isPresent()) {
            cookie++;
        }
        return new Key(parent.value(), cookie);
    }

    private static EntryRow.Named row(String called, Inode inode, NodeKind kind) {
        return new EntryRow.Named(name(called), inode, kind);
    }

    private void totals(long inodes, long content, long shared, long garbage) throws IOException {
        var meta = state.meta().get(Key.FIRST).orElseThrow();
        Outcome outcome = namespace.propose(Envelope.system(
                1, new Command.Repair(new Mend.Totals(inodes, content, shared, garbage, meta.nextInode()))));
        assertThat(outcome).isEqualTo(Outcome.DONE);
    }

    static Stream<Damage> damages() {
        return Stream.of(
                new Damage(
                        "an entry leads nowhere",
                        t -> t.state.entries().put(t.free(t.folder, "ghost"), row("ghost", NOBODY, NodeKind.FILE)),
                        "leads to inode 9999, which is gone"),
                new Damage(
                        "an entry of no directory",
                        t -> t.state.entries().put(t.free(t.small, "x"), row("x", t.large, NodeKind.FILE)),
                        "which is no directory"),
                new Damage(
                        "an entry says another kind",
                        t -> t.state.entries().put(t.entry(t.folder, "large"), row("large", t.large, NodeKind.FIFO)),
                        "says FIFO and leads to a FILE"),
                new Damage(
                        "an entry stands where nobody looks for it",
                        t -> t.state
                                .entries()
                                .put(new Key(t.folder.value(), 77L << 20), row("astray", t.small, NodeKind.FILE)),
                        "stands where its name is not looked for"),
                new Damage(
                        "an entry stands behind a break",
                        t -> {
                            Key free = t.free(t.folder, "alone");
                            t.state
                                    .entries()
                                    .put(new Key(free.high(), free.low() + 1), row("alone", t.small, NodeKind.FILE));
                        },
                        "stands behind a break in its line"),
                new Damage(
                        "a name stands twice",
                        t -> t.state.entries().put(t.free(t.folder, "large"), row("large", t.small, NodeKind.FILE)),
                        "stands there twice"),
                new Damage(
                        "a gap ends a line",
                        t -> t.state.entries().put(t.free(t.folder, "gap"), new EntryRow.Gap()),
                        "with nothing behind it"),
                new Damage(
                        "a directory with two names",
                        t -> t.state.entries().put(t.free(t.folder, "twin"), row("twin", t.folder, NodeKind.DIRECTORY)),
                        "has a second name"),
                new Damage(
                        "the root has a name",
                        t -> t.state.entries().put(t.free(t.inner, "up"), row("up", Inode.ROOT, NodeKind.DIRECTORY)),
                        "directory 1 has a second name"),
                new Damage(
                        "a loop of directories",
                        t -> {
                            t.state.entries().remove(t.entry(Inode.ROOT, "folder"));
                            t.state.entries().put(t.free(t.inner, "loop"), row("loop", t.folder, NodeKind.DIRECTORY));
                        },
                        "is inside itself",
                        "inode 1 has 3 links, its names make 2",
                        "directory 1 says it has 1 entries and has 0",
                        "says it is in 1 and is in",
                        "has 2 links, its names make 3",
                        "says it has 1 entries and has 2"),
                new Damage(
                        "an entry is lost",
                        t -> t.state.entries().remove(t.entry(t.folder, "small")),
                        "has no name",
                        "says it has 3 entries and has 2"),
                new Damage(
                        "a node is lost",
                        t -> t.state.nodes().remove(key(t.large)),
                        "which is gone",
                        "which is no file",
                        "which is no file",
                        "says it has 3 entries and has 2",
                        "is said to be in 2 chunks and is in 1",
                        "7 inodes are counted, there are 6",
                        "bytes are counted"),
                new Damage(
                        "a wrong link count",
                        t -> t.save(t.node(t.small).with(links(t.node(t.small).attributes(), 7))),
                        "has 7 links, its names make 1"),
                new Damage("a wrong parent", t -> t.save(t.node(t.inner).withParent(1)), "says it is in 1 and is in"),
                new Damage(
                        "a wrong count of entries",
                        t -> t.save(t.node(t.folder).withEntryCount(9)),
                        "says it has 9 entries and has 3"),
                new Damage(
                        "a wrong kind of content",
                        t -> t.save(t.node(t.large).withContentKind(Node.ContentKind.INLINE)),
                        "wrong about where its content is"),
                new Damage(
                        "content that the node denies",
                        t -> t.save(t.node(t.small).withContentKind(Node.ContentKind.NONE)),
                        "wrong about where its content is"),
                new Damage(
                        "attributes that the node denies",
                        t -> t.save(t.node(t.small).withXattrs(false)),
                        "wrong about having extended attributes"),
                new Damage(
                        "attributes of nobody",
                        t -> t.state.xattrs().put(key(NOBODY), List.of(new Xattr(name("user.a"), bytes("b")))),
                        "extended attributes of inode 9999, which is gone"),
                new Damage(
                        "chunks of nobody",
                        t -> t.state
                                .chunks()
                                .put(new Key(NOBODY.value(), 4), chunk(4, NEW).extents()),
                        "content of inode 9999, which is no file"),
                new Damage(
                        "inline bytes of a directory",
                        t -> t.state.inline().put(key(t.inner), bytes("what?")),
                        "which is no file",
                        "keeps 0 bytes and keeps 5",
                        "wrong about where its content is"),
                new Damage(
                        "inline bytes beside chunks",
                        t -> t.state.inline().put(key(t.large), bytes("twice")),
                        "has bytes inline and in chunks",
                        "says it keeps",
                        "wrong about where its content is"),
                new Damage(
                        "chunks beside inline bytes",
                        t -> t.state.chunks().put(new Key(t.small.value(), 0), List.of(new Extent(0, 2, NEW, 0))),
                        "has bytes inline and in chunks",
                        "says it keeps 5 bytes and keeps 7"),
                new Damage(
                        "more inline bytes than the size",
                        t -> t.state.inline().put(key(t.small), bytes("hello, world")),
                        "more bytes inline than its size",
                        "says it keeps 5 bytes and keeps 12"),
                new Damage(
                        "an inline row without bytes",
                        t -> t.state.inline().put(key(t.small), new byte[0]),
                        "more bytes inline than its size, or none",
                        "says it keeps 5 bytes and keeps 0"),
                new Damage(
                        "a chunk without extents",
                        t -> t.state.chunks().put(new Key(t.large.value(), 0), List.of()),
                        "overlap, are none or leave the chunk",
                        "says it keeps 60000 bytes and keeps 30000",
                        "is said to be in 2 chunks and is in 1"),
                new Damage(
                        "overlapping extents",
                        t -> t.state
                                .chunks()
                                .put(
                                        new Key(t.large.value(), 1),
                                        List.of(new Extent(0, EXTENT_BYTES, SECOND, 0), new Extent(10, 20, NEW, 0))),
                        "overlap, are none or leave the chunk",
                        "says it keeps 60000 bytes and keeps 60020"),
                new Damage(
                        "an extent that leaves its chunk",
                        t -> t.state
                                .chunks()
                                .put(
                                        new Key(t.large.value(), 0),
                                        List.of(
                                                new Extent(0, EXTENT_BYTES, FIRST, 0),
                                                new Extent(EXTENT_BYTES, CHUNK_BYTES, NEW, 0))),
                        "overlap, are none or leave the chunk",
                        "says it keeps"),
                new Damage(
                        "bytes behind the end",
                        t -> t.state
                                .chunks()
                                .put(new Key(t.large.value(), 5), chunk(5, NEW).extents()),
                        "has bytes behind its end in chunk 5",
                        "says it keeps 60000 bytes and keeps 90000"),
                new Damage(
                        "an object that is counted as shared and is not",
                        t -> t.state.references().put(new Key(SECOND.high(), SECOND.low()), 2L),
                        "is said to be in 2 chunks and is in 1",
                        "1 shared objects are counted, there are 2"),
                new Damage(
                        "a shared object that is not counted as such",
                        t -> t.state.references().remove(new Key(FIRST.high(), FIRST.low())),
                        "is in 2 chunks and counted as in one",
                        "1 shared objects are counted, there are 0"),
                new Damage(
                        "an object to be deleted that is in use",
                        t -> t.state.garbage().put(new Key(3, 1), new GarbageRow(FIRST, 1)),
                        "is to be deleted and in use",
                        "0 pieces of garbage are counted, there are 1"),
                new Damage(
                        "a node held by nobody's mark",
                        t -> t.state.orphans().remove(new Key(t.session(), t.held.value())),
                        "has a name or is not held by session"),
                new Damage(
                        "a mark of a node that is gone",
                        t -> t.state.orphans().put(new Key(t.session(), NOBODY.value()), 1L),
                        "holds inode 9999, which knows nothing of it"),
                new Damage(
                        "a mark of a session that is closed",
                        t -> {
                            t.state.orphans().remove(new Key(t.session(), t.held.value()));
                            t.state.orphans().put(new Key(777, t.held.value()), 1L);
                            t.save(t.node(t.held).withHolder(777));
                        },
                        "is held by session 777, which is not open"),
                new Damage(
                        "a node with a name that is held",
                        t -> {
                            t.state.orphans().put(new Key(t.session(), t.small.value()), 1L);
                            t.save(t.node(t.small).withHolder(t.session()));
                        },
                        "has a name or is not held"),
                new Damage(
                        "wrong totals",
                        t -> t.totals(70, 71, 72, 73),
                        "70 inodes are counted, there are 7",
                        "71 bytes are counted",
                        "72 shared objects are counted, there are 1",
                        "73 pieces of garbage are counted, there are 0"),
                new Damage(
                        "an inode that would be given out again",
                        t -> {
                            Attributes template = t.node(t.small).attributes();
                            Attributes attributes = new Attributes(
                                    new Inode(500), NodeKind.FILE, 0600, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
                            assertThat(template.inode().value()).isLessThan(500);
                            t.save(new Node(attributes, 0, 0, Node.ContentKind.NONE, false, 0, Node.NO_TARGET));
                        },
                        "inode 500 would be given out again",
                        "has no name",
                        "inodes are counted"));
    }

    private static Attributes links(Attributes a, int linkCount) {
        return new Attributes(
                a.inode(),
                a.kind(),
                a.permissions(),
                linkCount,
                a.userId(),
                a.groupId(),
                a.deviceNumber(),
                a.sizeBytes(),
                a.allocatedBytes(),
                a.accessNanos(),
                a.modifyNanos(),
                a.changeNanos(),
                a.birthNanos(),
                a.version());
    }

    private long session() {
        return namespace.fileSystem().session();
    }

    private void damage(Action action) throws IOException {
        state.store().writeLock().lock();
        try {
            action.on(this);
        } finally {
            state.store().writeLock().unlock();
        }
        // Rows are stored with the next command, never without one.
        Outcome outcome = namespace.propose(Envelope.system(1, new Command.GarbageDone(0, 0)));
        assertThat(outcome).isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aCheckFindsTheDamageAndRepairMendsItForGood(Damage damage) throws IOException {
        damage(damage.action());
        List<String> unexpected = new ArrayList<>(
                namespace.check(ALL).stream().map(Problem::sentence).toList());
        List<String> missing = new ArrayList<>();
        for (String sentence : damage.sentences()) {
            Optional<String> found = unexpected.stream()
                    .filter(problem -> problem.contains(sentence))
                    .findFirst();
            found.ifPresentOrElse(unexpected::remove, () -> missing.add(sentence));
        }
        assertThat(missing).as("missing, while unexpected: %s", unexpected).isEmpty();
        assertThat(unexpected).as("unexpected").isEmpty();

        assertThat(namespace.repair(ALL)).isEmpty();
        assertThat(namespace.check(ALL)).isEmpty();
        everythingCanBeUsed();
        namespace.close();
        namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY);
        assertThat(namespace.check(ALL)).as("after closing the sessions").isEmpty();
        everythingCanBeUsed();
    }

    /** Walks the tree, reads everything, and changes something in each directory. */
    private void everythingCanBeUsed() throws IOException {
        Set<Inode> seen = new HashSet<>();
        walk(Inode.ROOT, seen);
        assertThat(namespace.check(ALL)).isEmpty();
    }

    private void walk(Inode parent, Set<Inode> seen) throws IOException {
        LocalFileSystem files = namespace.fileSystem();
        assertThat(seen.add(parent)).isTrue();
        Name probe = name("probe");
        keep(files.make(parent, probe, NewNode.file(0600, 0, 0)));
        keep(files.unlink(parent, probe, false));
        for (Entry listed : files.list(parent, 0, 1000)) {
            assertThat(files.lookup(parent, listed.name())).contains(listed.attributes());
            Inode inode = listed.attributes().inode();
            if (listed.attributes().isDirectory()) {
                assertThat(files.parent(inode)).isEqualTo(parent);
                walk(inode, seen);
            } else {
                Content content = files.content(inode, 0, 100);
                assertThat(content).isNotNull();
                assertThat(files.xattrs(inode)).hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void whatHasLostItsNameGoesToLostAndFoundWithItsContent() throws IOException {
        damage(t -> state.entries().remove(entry(folder, "small")));
        assertThat(namespace.repair(ALL)).isEmpty();
        LocalFileSystem files = namespace.fileSystem();
        Inode home = files.lookup(Inode.ROOT, NamespaceCheck.LOST_AND_FOUND)
                .orElseThrow()
                .inode();
        assertThat(files.lookup(home, name("inode-" + small)))
                .map(Attributes::inode)
                .contains(small);
        assertThat(files.content(small, 0, 1))
                .isInstanceOfSatisfying(
                        Content.Inline.class,
                        inline -> assertThat(inline.bytes()).isEqualTo(bytes("hello")));
        assertThat(files.xattr(small, name("user.colour"))).isEqualTo(bytes("blue"));
    }

    @Test
    void bytesBeforeTheEndStayWhenThoseBehindItAreCutOff() throws IOException {
        damage(t -> {
            Extent tooLong = new Extent(0, CHUNK_BYTES, SECOND, 0);
            state.chunks().put(new Key(large.value(), 1), List.of(tooLong));
        });
        assertThat(namespace.repair(ALL)).isEmpty();
        assertThat(namespace.fileSystem().content(large, 1, 1))
                .isEqualTo(new Content.Chunks(
                        List.of(new Chunk(1, List.of(new Extent(0, 100_000 - CHUNK_BYTES, SECOND, 0))))));
    }

    @Test
    void lostObjectsLeaveHoles() throws IOException {
        ObjectPresence allButOne = (object, _) -> !object.equals(FIRST);
        assertThat(namespace.check(allButOne))
                .hasSize(2)
                .allMatch(problem -> problem.sentence().endsWith("is lost"));
        assertThat(namespace.repair(allButOne)).isEmpty();
        assertThat(namespace.fileSystem().content(large, 0, 2))
                .isEqualTo(new Content.Chunks(List.of(chunk(1, SECOND))));
    }

    @Test
    void moreProblemsThanAreListedAreMendedToo() throws IOException {
        int count = NamespaceCheck.PROBLEM_COUNT_MAX + 500;
        for (int from = 0; from < count; from += 500) {
            int first = from;
            damage(t -> {
                for (int i = first; i < first + 500; i++) {
                    state.inline().put(Key.of(1_000_000 + i), bytes("nobody's"));
                }
            });
        }
        totals(3, 4, 5, 6);
        assertThat(namespace.check(ALL)).hasSize(NamespaceCheck.PROBLEM_COUNT_MAX);
        assertThat(namespace.repair(ALL)).isEmpty();
        assertThat(namespace.fileSystem().usage().inodeCount()).isEqualTo(7);
    }

    @Test
    void whatCannotBeMendedIsToldAndTheRestIsMended() throws IOException {
        keep(namespace.fileSystem().make(Inode.ROOT, NamespaceCheck.LOST_AND_FOUND, NewNode.file(0600, 0, 0)));
        damage(t -> {
            state.entries().remove(entry(folder, "small"));
            save(node(folder).withParent(7));
        });
        assertThat(namespace.repair(ALL))
                .singleElement()
                .satisfies(problem -> assertThat(problem.sentence()).contains("has no name"));
    }

    @Test
    void aSessionWithMarksThatNobodyKnowsOfCanBeClosed() throws IOException {
        damage(t -> {
            for (int i = 0; i < 600; i++) {
                state.orphans().put(new Key(session(), 1_000_000 + i), 1L);
            }
        });
        namespace.close();
        namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY);
        assertThat(namespace.check(ALL)).isEmpty();
    }
}
