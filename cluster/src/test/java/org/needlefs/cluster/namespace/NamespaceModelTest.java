package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.LocalDisk;

/** Random calls on a namespace and on {@link Oracle}: same answers, same refusals, same tree, whatever happens between. */
final class NamespaceModelTest {
    private static final Geometry GEOMETRY = new Geometry(256, 48);
    private static final int SIZE_MAX = 1200;

    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong(1);
    private Oracle oracle = new Oracle();
    private Random random = new Random();
    private long nextObject = 1;
    /** Objects that some command brought in, without those whose deletion was reported. */
    private final Set<Long> objects = new TreeSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithTheModelThroughReopeningAndDeath(long seed) throws IOException {
        System.out.println("NamespaceModelTest seed " + seed);
        random = new Random(seed);
        oracle = new Oracle();
        Namespace namespace = open(true);
        oracle.root().born = namespace.fileSystem().attributes(Inode.ROOT).birthNanos();
        oracle.root().accessed = oracle.root().born;
        oracle.root().modified = oracle.root().born;
        oracle.root().changed = oracle.root().born;
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 800; i++) {
                step(namespace.fileSystem(), "seed " + seed + " round " + round + " step " + i);
            }
            compareAll(namespace, "seed " + seed + " round " + round);
            namespace = again(namespace);
            oracle.releaseAll();
            compareAll(namespace, "seed " + seed + " round " + round + " reopened");
        }
        namespace.close();
    }

    private Namespace open(boolean trust) throws IOException {
        return Namespace.open(new NamespaceConfig(
                LocalDisk.open(directory.resolve("log")),
                LocalDisk.open(directory.resolve("checkpoints")),
                directory.resolve("state"),
                trust,
                NamespaceFixture.ID,
                GEOMETRY,
                new NamespaceConfig.RootOwner(0755, 0, 0),
                () -> new SpaceSource.Space(0, 0),
                AllObjects.STORED,
                clock::get,
                NamespaceFixture.TINY));
    }

    private Namespace again(Namespace namespace) throws IOException {
        clock.incrementAndGet();
        switch (random.nextInt(4)) {
            case 0 -> namespace.close();
            case 1 -> {
                namespace.checkpoint();
                namespace.abandon();
            }
            default -> namespace.abandon();
        }
        return open(random.nextBoolean());
    }

    private long anyInode() {
        if (random.nextInt(20) == 0) {
            return 1L + random.nextInt(2000);
        }
        List<Long> inodes = new ArrayList<>(oracle.nodes.keySet());
        return inodes.get(random.nextInt(inodes.size()));
    }

    private long anyDirectory() {
        List<Long> directories = new ArrayList<>();
        oracle.nodes.forEach((inode, node) -> {
            if (node.kind == NodeKind.DIRECTORY) {
                directories.add(inode);
            }
        });
        return random.nextInt(12) == 0 ? anyInode() : directories.get(random.nextInt(directories.size()));
    }

    private long anyFile() {
        List<Long> files = new ArrayList<>();
        oracle.nodes.forEach((inode, node) -> {
            if (node.kind == NodeKind.FILE) {
                files.add(inode);
            }
        });
        return files.isEmpty() || random.nextInt(12) == 0 ? anyInode() : files.get(random.nextInt(files.size()));
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private String anyName() {
        return "n" + random.nextInt(9);
    }

    private void step(LocalFileSystem fileSystem, String where) throws IOException {
        oracle.now = clock.incrementAndGet();
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> make(fileSystem, where);
            case 3 -> {
                long inode = anyInode();
                long parent = anyDirectory();
                String called = anyName();
                same(
                        where + " link",
                        oracle.link(inode, parent, called),
                        () -> fileSystem.link(new Inode(inode), new Inode(parent), name(called)));
            }
            case 4, 5 -> remove(fileSystem, where);
            case 6, 7, 8 -> rename(fileSystem, where);
            case 9 -> {
                long inode = anyInode();
                oracle.release(inode);
                fileSystem.release(new Inode(inode));
            }
            case 10, 11 -> set(fileSystem, where);
            case 12, 13, 14 -> write(fileSystem, where);
            case 15 -> {
                long inode = anyFile();
                AllocateMode mode = any(AllocateMode.values());
                int offset = random.nextInt(SIZE_MAX);
                int size = 1 + random.nextInt(400);
                same(
                        where + " allocate " + mode,
                        oracle.allocate(inode, mode, offset, size),
                        () -> fileSystem.allocate(new Inode(inode), mode, offset, size));
            }
            case 16 -> share(fileSystem, where);
            case 17 -> replace(fileSystem, where);
            case 18 -> xattr(fileSystem, where);
            default -> {
                NewNode wanted = NewNode.file(0600, 1, 1);
                oracle.makeOrphan(fileSystem.makeOrphan(wanted).inode().value(), wanted);
            }
        }
    }

    private void make(LocalFileSystem fileSystem, String where) throws IOException {
        NewNode wanted = switch (random.nextInt(6)) {
            case 0, 1 -> NewNode.directory(random.nextInt(010000), 5, 6);
            case 2 -> NewNode.symlink(("to" + random.nextInt()).getBytes(StandardCharsets.UTF_8), 7, 8);
            case 3 -> NewNode.special(NodeKind.FIFO, 0644, 1, 2, 0);
            default -> NewNode.file(random.nextInt(010000), 3, 4);
        };
        long parent = anyDirectory();
        String called = anyName();
        Optional<Errno> refused = oracle.refuseMake(parent, called);
        same(where + " make", refused, () -> {
            Attributes made = fileSystem.make(new Inode(parent), name(called), wanted);
            oracle.make(made.inode().value(), parent, called, wanted);
            return made;
        });
    }

    private void remove(LocalFileSystem fileSystem, String where) throws IOException {
        long parent = anyDirectory();
        String called = anyName();
        boolean hold = random.nextInt(3) == 0;
        if (random.nextBoolean()) {
            same(where + " rmdir", oracle.remove(parent, called, true, hold), () -> {
                fileSystem.removeDirectory(new Inode(parent), name(called), hold);
                return fileSystem.attributes(Inode.ROOT);
            });
        } else {
            Optional<Errno> refused = oracle.remove(parent, called, false, hold);
            same(where + " unlink", refused, () -> {
                Attributes left = fileSystem.unlink(new Inode(parent), name(called), hold);
                return left.linkCount() == 0 ? fileSystem.attributes(Inode.ROOT) : left;
            });
        }
    }

    private void rename(LocalFileSystem fileSystem, String where) throws IOException {
        long parent = anyDirectory();
        long newParent = random.nextInt(3) == 0 ? parent : anyDirectory();
        String called = anyName();
        String newName = anyName();
        boolean hold = random.nextInt(3) == 0;
        RenameMode mode = any(RenameMode.values());
        same(where + " rename " + mode, oracle.rename(parent, called, newParent, newName, mode, hold), () -> {
            Optional<Attributes> _ =
                    fileSystem.rename(new Inode(parent), name(called), new Inode(newParent), name(newName), mode, hold);
            return fileSystem.attributes(new Inode(newParent));
        });
    }

    private void set(LocalFileSystem fileSystem, String where) throws IOException {
        long inode = random.nextBoolean() ? anyInode() : anyFile();
        AttributeChange change = AttributeChange.NONE;
        if (random.nextBoolean()) {
            change = change.withSizeBytes(random.nextInt(SIZE_MAX));
        }
        if (random.nextInt(3) == 0) {
            change = change.withPermissions(random.nextInt(010000));
        }
        if (random.nextInt(3) == 0) {
            change = change.withGroupId(random.nextInt(100)).withUserId(-2);
        }
        if (random.nextInt(3) == 0) {
            change = change.withModifyNanos(-random.nextInt(100)).withAccessNanos(random.nextInt());
        }
        AttributeChange wanted = change;
        same(where + " set", oracle.set(inode, wanted), () -> fileSystem.setAttributes(new Inode(inode), wanted));
    }

    private void write(LocalFileSystem fileSystem, String where) throws IOException {
        long inode = anyFile();
        if (random.nextInt(3) == 0) {
            byte[] bytes = new byte[random.nextInt(GEOMETRY.inlineSizeMax() + 1)];
            random.nextBytes(bytes);
            same(
                    where + " write whole",
                    oracle.writeWhole(inode, bytes, 9),
                    () -> fileSystem.write(new Inode(inode), new Write.Whole(bytes), 0, 9, false));
            return;
        }
        Oracle.ONode node = oracle.nodes.get(inode);
        int inlineBytes = node == null || !node.inline ? 0 : node.inlineBytes;
        int start = inlineBytes > 0 ? 0 : random.nextInt(SIZE_MAX);
        int size = Math.max(inlineBytes, 1 + random.nextInt(500));
        List<Oracle.Piece> pieces = new ArrayList<>();
        List<Chunk> chunks = chunks(start, size, pieces);
        int sizeAtLeast = Math.max(inlineBytes, random.nextInt(8) == 0 ? start : start + size);
        boolean drop = random.nextBoolean();
        Optional<Errno> refused = oracle.writePieces(inode, pieces, sizeAtLeast, 11, drop);
        if (refused.isEmpty()) {
            for (Oracle.Piece piece : pieces) {
                objects.add(piece.cells()[0] >>> 20);
            }
        }
        same(
                where + " write",
                refused,
                () -> fileSystem.write(new Inode(inode), new Write.Extents(chunks), sizeAtLeast, 11, drop));
    }

    /** A stretch of new objects: some span chunks, some leave gaps. */
    private List<Chunk> chunks(int start, int size, List<Oracle.Piece> pieces) {
        Map<Long, List<Extent>> chunks = new TreeMap<>();
        long object = nextObject++;
        int inObject = random.nextInt(50);
        int at = start;
        while (at < start + size) {
            int room = GEOMETRY.chunkSizeBytes() - at % GEOMETRY.chunkSizeBytes();
            int bytes = Math.min(Math.min(room, start + size - at), 1 + random.nextInt(300));
            Extent extent = new Extent(at % GEOMETRY.chunkSizeBytes(), bytes, new ObjectId(7, object), inObject);
            chunks.computeIfAbsent((long) at / GEOMETRY.chunkSizeBytes(), _ -> new ArrayList<>())
                    .add(extent);
            long[] cells = new long[bytes];
            for (int i = 0; i < bytes; i++) {
                cells[i] = (object << 20) + inObject + i;
            }
            pieces.add(new Oracle.Piece(at, cells));
            at += bytes;
            inObject += bytes;
            if (random.nextBoolean()) {
                object = nextObject++;
                inObject = random.nextInt(50);
            }
        }
        List<Chunk> list = new ArrayList<>();
        chunks.forEach((index, extents) -> list.add(new Chunk(index, extents)));
        return list;
    }

    private void share(LocalFileSystem fileSystem, String where) throws IOException {
        long source = anyFile();
        long target = random.nextInt(4) == 0 ? source : anyFile();
        int from = random.nextInt(SIZE_MAX / 2);
        int to = random.nextInt(4) == 0 ? 0 : random.nextInt(SIZE_MAX / 2);
        int size = 1 + random.nextInt(500);
        same(
                where + " share",
                oracle.share(source, from, target, to, size, 13),
                () -> fileSystem.shareExtents(new Inode(source), from, new Inode(target), to, size, 13));
    }

    private void replace(LocalFileSystem fileSystem, String where) throws IOException {
        long inode = anyFile();
        Oracle.ONode node = oracle.nodes.get(inode);
        if (node == null || node.kind != NodeKind.FILE || node.inline) {
            return;
        }
        long index = random.nextInt(4);
        if (!(fileSystem.content(new Inode(inode), index, 1) instanceof Content.Chunks(List<Chunk> chunks))
                || chunks.isEmpty()) {
            return;
        }
        List<Extent> replacement = new ArrayList<>();
        long object = nextObject++;
        objects.add(object);
        for (Extent extent : chunks.getFirst().extents()) {
            replacement.add(new Extent(
                    extent.chunkOffsetBytes(), extent.sizeBytes(), new ObjectId(7, object), extent.chunkOffsetBytes()));
            for (int i = 0; i < extent.sizeBytes(); i++) {
                int inChunk = extent.chunkOffsetBytes() + i;
                node.cells[(int) (index * GEOMETRY.chunkSizeBytes()) + inChunk] = (object << 20) + inChunk;
            }
        }
        assertThat(fileSystem.replaceExtents(new Inode(inode), index, List.of(), replacement))
                .as(where)
                .isFalse();
        assertThat(fileSystem.replaceExtents(
                        new Inode(inode), index, chunks.getFirst().extents(), replacement))
                .as(where)
                .isTrue();
    }

    private void xattr(LocalFileSystem fileSystem, String where) throws IOException {
        long inode = anyInode();
        String called = "user." + random.nextInt(3);
        if (random.nextInt(3) == 0) {
            same(
                    where + " removexattr",
                    oracle.removeXattr(inode, called),
                    () -> fileSystem.removeXattr(new Inode(inode), name(called)));
            return;
        }
        byte[] value = new byte[random.nextInt(40)];
        XattrMode mode = any(XattrMode.values());
        same(
                where + " setxattr",
                oracle.setXattr(inode, called, value, mode),
                () -> fileSystem.setXattr(new Inode(inode), name(called), value, mode));
    }

    private interface Call {
        Attributes run() throws IOException;
    }

    private void same(String where, Optional<Errno> expected, Call call) throws IOException {
        Optional<Errno> refused = Optional.empty();
        try {
            Attributes shown = call.run();
            assertThat(oracle.differences(shown)).as(where).isEmpty();
        } catch (FsException refusal) {
            refused = Optional.of(refusal.errno());
        }
        assertThat(refused).as(where).isEqualTo(expected);
    }

    private void compareAll(Namespace namespace, String where) throws IOException {
        LocalFileSystem fileSystem = namespace.fileSystem();
        long content = 0;
        for (Map.Entry<Long, Oracle.ONode> entry : oracle.nodes.entrySet()) {
            Inode inode = new Inode(entry.getKey());
            Oracle.ONode node = entry.getValue();
            assertThat(oracle.differences(fileSystem.attributes(inode)))
                    .as(where + " inode " + inode)
                    .isEmpty();
            content += oracle.allocatedBytes(node);
            compareXattrs(fileSystem, inode, node, where);
            if (node.kind == NodeKind.DIRECTORY) {
                compareEntries(fileSystem, inode, node, where);
                assertThat(fileSystem.parent(inode).value()).as(where).isEqualTo(node.parent);
            } else if (node.kind == NodeKind.FILE) {
                compareContent(fileSystem, inode, node, where);
            } else if (node.kind == NodeKind.SYMLINK) {
                assertThat(fileSystem.readSymlink(inode)).as(where).isEqualTo(node.target);
            }
        }
        assertThat(fileSystem.usage().inodeCount()).as(where).isEqualTo(oracle.nodes.size());
        assertThat(namespace.contentBytes()).as(where).isEqualTo(content);
        assertThat(namespace.check((_, _) -> true)).as(where).isEmpty();
        Set<Long> listed = new TreeSet<>();
        for (Garbage piece : namespace.garbage(100_000)) {
            assertThat(listed.add(piece.object().low()))
                    .as(where + " garbage twice")
                    .isTrue();
        }
        Set<Long> garbage = new TreeSet<>(objects);
        garbage.removeAll(oracle.objects());
        assertThat(listed).as(where + " garbage").isEqualTo(garbage);
        List<Garbage> some = namespace.garbage(30);
        if (!some.isEmpty()) {
            namespace.garbageDone(some.getLast());
            some.forEach(piece -> objects.remove(piece.object().low()));
        }
    }

    private static void compareXattrs(LocalFileSystem fileSystem, Inode inode, Oracle.ONode node, String where)
            throws IOException {
        List<Name> names = fileSystem.xattrs(inode);
        assertThat(names.stream().map(Name::toString)).as(where).containsExactlyElementsOf(node.xattrs.keySet());
        for (Name called : names) {
            assertThat(fileSystem.xattr(inode, called)).as(where).isEqualTo(node.xattrs.get(called.toString()));
        }
    }

    private void compareEntries(LocalFileSystem fileSystem, Inode inode, Oracle.ONode node, String where)
            throws IOException {
        Map<String, Long> listed = new TreeMap<>();
        Set<Long> cookies = new HashSet<>();
        long cookie = 0;
        List<Entry> page;
        do {
            page = fileSystem.list(inode, cookie, 1 + random.nextInt(4));
            for (Entry entry : page) {
                assertThat(entry.cookie()).as(where).isGreaterThan(Math.max(2, cookie));
                cookie = entry.cookie();
                assertThat(cookies.add(cookie)).as(where).isTrue();
                listed.put(entry.name().toString(), entry.attributes().inode().value());
                assertThat(fileSystem.lookup(inode, entry.name())).as(where).contains(entry.attributes());
            }
        } while (!page.isEmpty());
        assertThat(listed).as(where + " entries of " + inode).isEqualTo(node.children);
    }

    private static void compareContent(LocalFileSystem fileSystem, Inode inode, Oracle.ONode node, String where)
            throws IOException {
        long[] cells = new long[node.cells.length];
        switch (fileSystem.content(inode, 0, random(node))) {
            case Content.Inline(byte[] bytes) -> {
                assertThat(node.inline).as(where + " inode " + inode).isTrue();
                assertThat(bytes).as(where).hasSize(node.inlineBytes);
                for (int i = 0; i < bytes.length; i++) {
                    cells[i] = -1000L - bytes[i];
                }
            }
            case Content.Chunks(List<Chunk> chunks) -> {
                for (Chunk chunk : chunks) {
                    for (Extent extent : chunk.extents()) {
                        for (int i = 0; i < extent.sizeBytes(); i++) {
                            int at = (int) chunk.index() * GEOMETRY.chunkSizeBytes() + extent.chunkOffsetBytes() + i;
                            cells[at] = (extent.object().low() << 20) + extent.objectOffsetBytes() + i;
                        }
                    }
                }
            }
        }
        assertThat(cells).as(where + " content of " + inode).isEqualTo(node.cells);
    }

    /** More chunks than there are: sometimes few enough to be asked for one by one, sometimes not. */
    private static int random(Oracle.ONode node) {
        return node.cells.length % 2 == 0 ? 8 : 100;
    }
}
