package org.needlefs.client.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.needlefs.client.vfs.FileOperations.Created;
import org.needlefs.client.vfs.FileOperations.OpenFile;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;

/**
 * A random run of what programs do with files, and what each call that returned has promised: read it back, find it in
 * the history after a close, find it in the synced part of the history after an fsync.
 */
final class Script {
    private static final int READ_WRITE = 2;
    private static final int TRUNCATE = 01000;
    private static final int APPEND = 02000;
    private static final int SYNC = 04010000;
    private static final int SIZE_BYTES_MAX = 200_000;
    private static final int OPEN_MAX = 2;
    private static final String MOVING = "/two";
    private static final String MOVED = "/moved";
    private static final List<String> DIRECTORIES = List.of("", "/one", MOVING);
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final SplittableRandom random;
    private final CrashMachine machine;
    private final History history;

    /** What is at each path as programs see it; files with several names share a body. */
    private final Map<String, Body> bodies = new TreeMap<>();

    private final List<Open> opened = new ArrayList<>();

    /** For people: what was done. */
    private final List<String> trace = new ArrayList<>();

    private int temporaryCount;

    private static final class Body {
        private final String firstPath;
        private byte[] bytes;

        private Body(String firstPath, byte[] bytes) {
            this.firstPath = firstPath;
            this.bytes = bytes;
        }
    }

    private record Open(long handle, Body body) {}

    /** Goes on from what {@code history} ends with, which the machine must show. */
    Script(long seed, CrashMachine machine, History history) {
        this.random = new SplittableRandom(seed);
        this.machine = machine;
        this.history = history;
        Map<Long, Body> ofInodes = new TreeMap<>();
        history.last().nodes().forEach((path, node) -> {
            if (!node.isDirectory()) {
                bodies.put(path, ofInodes.computeIfAbsent(node.inode(), _ -> new Body(path, node.bytes())));
            }
        });
    }

    /** Runs to the end and leaves nothing open. */
    void run(int steps) throws IOException, InterruptedException {
        makeDirectories();
        for (int step = 0; step < steps; step++) {
            step();
        }
        while (!opened.isEmpty()) {
            close(opened.removeLast());
        }
        assertThat(machine.tree().difference(history.last()))
                .as("what is read against what was committed")
                .isEmpty();
    }

    @Override
    public String toString() {
        return String.join("\n", trace);
    }

    private void did(String what, String path, long sizeBytes) {
        trace.add(history.lastIndex() + ": " + what + " " + path + " " + sizeBytes);
    }

    private void step() throws IOException, InterruptedException {
        switch (random.nextInt(22)) {
            case 0, 1, 2 -> create();
            case 3, 4 -> overwrite(0);
            case 5 -> overwrite(APPEND);
            case 6 -> overwrite(SYNC);
            case 7, 8 -> syncFile();
            case 9 -> replace(true);
            case 10, 11 -> replace(false);
            case 12 -> truncate();
            case 13 -> unlink();
            case 14 -> link();
            case 15 -> syncDirectory();
            case 16 -> keepOpen();
            case 17 -> useOpen();
            case 18 -> moveDirectory();
            case 19 -> machine.compact();
            case 20 -> collectGarbage();
            default -> checkpoint();
        }
    }

    private void makeDirectories() throws IOException {
        if (history.last().at(MOVED).isPresent()) { // A crash came between the two renames.
            machine.vfs().rename(Inode.ROOT, name(MOVED), Inode.ROOT, name(MOVING), RenameMode.REPLACE);
            for (String path : List.copyOf(bodies.keySet())) {
                if (path.startsWith(MOVED + "/")) {
                    Body body = body(path);
                    bodies.remove(path);
                    bodies.put(MOVING + path.substring(MOVED.length()), body);
                }
            }
        }
        for (String path : DIRECTORIES) {
            if (history.last().at(path).isEmpty()) {
                Attributes _ =
                        machine.vfs().make(Inode.ROOT, Name.of(path.substring(1)), NewNode.directory(0755, 0, 0));
            }
        }
    }

    private String anyPath() {
        return DIRECTORIES.get(random.nextInt(DIRECTORIES.size())) + "/" + NAMES.get(random.nextInt(NAMES.size()));
    }

    private Optional<String> anyFile() {
        List<String> paths = List.copyOf(bodies.keySet());
        return paths.isEmpty() ? Optional.empty() : Optional.of(paths.get(random.nextInt(paths.size())));
    }

    private Body body(String path) {
        return Optional.ofNullable(bodies.get(path)).orElseThrow();
    }

    private static String parentPath(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static Name name(String path) throws IOException {
        return Name.of(path.substring(path.lastIndexOf('/') + 1));
    }

    private Inode inode(String path) throws IOException {
        return path.isEmpty()
                ? Inode.ROOT
                : machine.vfs().lookup(inode(parentPath(path)), name(path)).inode();
    }

    private byte[] anyBytes() {
        int choice = random.nextInt(4);
        int sizeBytes = choice == 0 ? random.nextInt(1, 300) : choice == 1 ? random.nextInt(1, 9_000) : 0;
        sizeBytes = sizeBytes == 0 ? random.nextInt(1, SIZE_BYTES_MAX) : sizeBytes;
        byte[] bytes = new byte[sizeBytes];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Opens a file, made anew or emptied. */
    private Open fresh(String path) throws IOException {
        did("open anew", path, 0);
        if (bodies.containsKey(path)) {
            OpenFile open = machine.vfs().open(inode(path), READ_WRITE | TRUNCATE);
            body(path).bytes = new byte[0];
            return new Open(open.handle(), body(path));
        }
        Created created =
                machine.vfs().create(inode(parentPath(path)), name(path), NewNode.file(0644, 0, 0), READ_WRITE);
        Body body = new Body(path, new byte[0]);
        bodies.put(path, body);
        return new Open(created.file().handle(), body);
    }

    private void write(Open open, int offsetBytes, byte[] bytes) throws IOException {
        did("write at " + offsetBytes + " of", open.body().firstPath, bytes.length);
        byte[] after = Arrays.copyOf(open.body().bytes, Math.max(open.body().bytes.length, offsetBytes + bytes.length));
        System.arraycopy(bytes, 0, after, offsetBytes, bytes.length);
        // Before the call: what fails half-way is in nobody's promise.
        open.body().bytes = after;
        int count = machine.vfs().write(open.handle(), offsetBytes, ByteBuffer.wrap(bytes));
        assertThat(count).isEqualTo(bytes.length);
        assertThat(machine.read(open.handle(), after.length))
                .as("what was just written")
                .isEqualTo(after);
    }

    private void sync(Open open) throws IOException {
        did("sync", open.body().firstPath, 0);
        machine.vfs().sync(open.handle(), random.nextBoolean());
        assertHolds(history.synced(), open.body(), "after fsync");
    }

    private void close(Open open) throws IOException {
        did("close", open.body().firstPath, 0);
        machine.vfs().flush(open.handle());
        assertHolds(history.last(), open.body(), "after close");
        machine.vfs().release(open.handle());
    }

    private void assertHolds(Tree tree, Body body, String when) {
        bodies.forEach((path, present) -> {
            if (present == body) {
                assertThat(tree.at(path)).as("%s %s", path, when).isPresent();
                assertThat(Arrays.mismatch(tree.at(path).orElseThrow().bytes(), body.bytes))
                        .as("first wrong byte of %s %s", path, when)
                        .isEqualTo(-1);
            }
        });
    }

    private void create() throws IOException {
        Open open = fresh(anyPath());
        write(open, 0, anyBytes());
        close(open);
    }

    private void overwrite(int flags) throws IOException {
        Optional<String> path = anyFile();
        if (path.isEmpty()) {
            return;
        }
        Body body = body(path.get());
        did("open with " + flags, path.get(), body.bytes.length);
        Open open = new Open(
                machine.vfs().open(inode(path.get()), READ_WRITE | flags).handle(), body);
        int offsetBytes = flags == APPEND ? body.bytes.length : random.nextInt(body.bytes.length + 10);
        byte[] bytes = anyBytes();
        write(open, offsetBytes, Arrays.copyOf(bytes, Math.min(bytes.length, 2 * SIZE_BYTES_MAX - offsetBytes)));
        if (flags == SYNC) {
            assertHolds(history.synced(), body, "after a write with O_SYNC");
        }
        close(open);
    }

    private void syncFile() throws IOException {
        Optional<String> path = anyFile();
        if (path.isPresent()) {
            did("open to sync", path.get(), body(path.get()).bytes.length);
            Open open =
                    new Open(machine.vfs().open(inode(path.get()), READ_WRITE).handle(), body(path.get()));
            if (random.nextBoolean()) {
                write(open, open.body().bytes.length / 2, anyBytes());
            }
            sync(open);
            close(open);
        }
    }

    /** A new file is renamed over an old one. */
    private void replace(boolean sync) throws IOException {
        String target = anyPath();
        String temporary = parentPath(target) + "/temporary" + temporaryCount++;
        Open open = fresh(temporary);
        write(open, 0, anyBytes());
        if (sync) {
            sync(open);
        }
        close(open);
        did("rename over", target, 0);
        machine.vfs()
                .rename(
                        inode(parentPath(temporary)),
                        name(temporary),
                        inode(parentPath(target)),
                        name(target),
                        RenameMode.REPLACE);
        bodies.remove(temporary);
        bodies.put(target, open.body());
        assertHolds(history.last(), open.body(), "after rename");
    }

    private void truncate() throws IOException {
        Optional<String> path = anyFile();
        if (path.isPresent()) {
            Body body = body(path.get());
            did("truncate " + body.bytes.length, path.get(), 0);
            int sizeBytes = random.nextInt(body.bytes.length * 3 / 2 + 1) % (2 * SIZE_BYTES_MAX);
            Attributes _ =
                    machine.vfs().setAttributes(inode(path.get()), AttributeChange.NONE.withSizeBytes(sizeBytes));
            body.bytes = Arrays.copyOf(body.bytes, sizeBytes);
        }
    }

    private void unlink() throws IOException {
        Optional<String> path = anyFile();
        if (path.isPresent()) {
            did("unlink", path.get(), 0);
            machine.vfs().unlink(inode(parentPath(path.get())), name(path.get()));
            bodies.remove(path.get());
            assertThat(history.last().at(path.get())).isEmpty();
        }
    }

    private void link() throws IOException {
        Optional<String> path = anyFile();
        String target = anyPath();
        if (path.isPresent() && !bodies.containsKey(target)) {
            did("link " + path.get(), target, 0);
            Attributes _ = machine.vfs().link(inode(path.get()), inode(parentPath(target)), name(target));
            bodies.put(target, body(path.get()));
        }
    }

    private void syncDirectory() throws IOException {
        String path = DIRECTORIES.get(random.nextInt(DIRECTORIES.size()));
        long handle = machine.vfs().openDirectory(inode(path));
        machine.vfs().syncDirectory(handle);
        machine.vfs().releaseDirectory(handle);
        for (String name : bodies.keySet()) {
            if (parentPath(name).equals(path)) {
                assertThat(history.synced().at(name))
                        .as("%s after fsync of its directory", name)
                        .isPresent();
            }
        }
    }

    private void keepOpen() throws IOException {
        if (opened.size() < OPEN_MAX) {
            Open open = fresh(anyPath());
            opened.add(open);
            write(open, random.nextInt(100), anyBytes());
        }
    }

    private void useOpen() throws IOException {
        if (opened.isEmpty()) {
            return;
        }
        int index = random.nextInt(opened.size());
        Open open = opened.get(index);
        if (random.nextBoolean()) {
            write(open, random.nextInt(open.body().bytes.length + 1), Arrays.copyOf(anyBytes(), 5_000));
            sync(open);
        } else {
            opened.remove(index);
            close(open);
        }
    }

    /** Renames a directory with all in it, there and back. */
    private void moveDirectory() throws IOException {
        machine.vfs().rename(Inode.ROOT, name(MOVING), Inode.ROOT, name(MOVED), RenameMode.REPLACE);
        machine.vfs().rename(Inode.ROOT, name(MOVED), Inode.ROOT, name(MOVING), RenameMode.REPLACE);
    }

    private void collectGarbage() throws IOException {
        int index = history.lastIndex();
        machine.collectGarbage();
        history.syncedUpTo(index);
    }

    private void checkpoint() throws IOException {
        int index = history.lastIndex();
        machine.namespace().checkpoint();
        history.syncedUpTo(index);
    }
}
