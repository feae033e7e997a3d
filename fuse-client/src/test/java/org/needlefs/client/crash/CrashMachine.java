package org.needlefs.client.crash;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.needlefs.client.vfs.FileOperations.OpenFile;
import org.needlefs.client.vfs.Vfs;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.namespace.Garbage;
import org.needlefs.cluster.namespace.Namespace;
import org.needlefs.cluster.namespace.NamespaceConfig;
import org.needlefs.cluster.namespace.NamespaceFixture;
import org.needlefs.cluster.namespace.NamespaceLimits;
import org.needlefs.cluster.namespace.SpaceSource;
import org.needlefs.cluster.namespace.StoredObjects;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.SimulatedDisk;
import org.needlefs.storage.disk.SimulatedPower;
import org.needlefs.storage.needle.ObjectStore;
import org.needlefs.storage.needle.ObjectStoreConfig;
import org.needlefs.storage.needle.StoreDirectory;

/**
 * A machine with a whole filesystem on three simulated disks that lose their power together: what an embedded mount
 * consists of, but for the kernel. Xodus is on the real disk and not trusted after a power cut, as in earnest. Garbage
 * collection, checkpoints and compaction happen when a test says so.
 */
final class CrashMachine implements Closeable {
    private static final NamespaceLimits LIMITS =
            new NamespaceLimits(64 << 10, 20, 4 << 20, 64 << 10, 16 << 10, 1L << 40, 0, 4);
    private static final VfsConfig VFS =
            new VfsConfig(1 << 20, 4 << 10, 1, 64 << 10, 4 << 10, 0, 1 << 10, 30_000, 60_000, 8);
    private static final int GARBAGE_COUNT_MAX = 64;

    private final Path directory;
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private SimulatedPower power = new SimulatedPower();
    private SimulatedDisk log;
    private SimulatedDisk checkpoints;
    private SimulatedDisk containers;

    /** What Xodus has is as the last process left it. */
    private boolean trusted;

    private Running running = Running.NOTHING;

    private record Parts(ObjectStore store, Namespace namespace, Vfs vfs) {}

    /** What of the process is up. */
    private sealed interface Running {
        Running NOTHING = new Nothing();

        record Nothing() implements Running {}

        record Everything(Parts parts) implements Running {}
    }

    /** The object store as the other parts see it. */
    private record Objects(ObjectStore store) implements ObjectClient, StoredObjects {
        @Override
        public void put(ObjectId id, ByteBuffer... body) throws IOException {
            store.put(id, body);
        }

        @Override
        public void read(ObjectId id, long offsetBytes, ByteBuffer into) throws IOException {
            store.read(id, offsetBytes, into);
        }

        @Override
        public boolean has(ObjectId object, long sizeBytes) throws IOException {
            return store.head(object)
                    .filter(head -> head.sizeBytes() >= sizeBytes)
                    .isPresent();
        }

        @Override
        public void sync() throws IOException {
            store.sync();
        }
    }

    CrashMachine(Path directory, long seed) {
        this.directory = directory;
        this.log = new SimulatedDisk(seed * 3, power);
        this.checkpoints = new SimulatedDisk(seed * 3 + 1, power);
        this.containers = new SimulatedDisk(seed * 3 + 2, power);
    }

    SimulatedPower power() {
        return power;
    }

    SimulatedDisk log() {
        return log;
    }

    SimulatedDisk containers() {
        return containers;
    }

    /** Starts the filesystem; what is done with it goes down in {@code history}. */
    void open(History history) throws IOException {
        ObjectStore store = ObjectStore.open(ObjectStoreConfig.of(
                        List.of(new StoreDirectory(containers, directory.resolve("index"))), NamespaceFixture.ID)
                .withSegmentSizeBytes(256 << 10)
                .withIndex(4 << 20, 64)
                .withCompaction(false, 30)
                .withTrustIndex(trusted)
                .withClockMillis(clock::incrementAndGet));
        try {
            Objects objects = new Objects(store);
            Namespace namespace = Namespace.open(new NamespaceConfig(
                    log,
                    checkpoints,
                    directory.resolve("state"),
                    trusted,
                    NamespaceFixture.ID,
                    new Geometry(64 << 10, 4096),
                    new NamespaceConfig.RootOwner(0755, 0, 0),
                    () -> new SpaceSource.Space(1L << 40, 1L << 39),
                    objects,
                    clock::incrementAndGet,
                    LIMITS));
            Vfs vfs = new Vfs(
                    RecordingFileSystem.of(namespace.fileSystem(), objects, power, history),
                    objects,
                    VFS,
                    InstantSource.system());
            running = new Running.Everything(new Parts(store, namespace, vfs));
            trusted = true;
        } catch (IOException | RuntimeException | AssertionError failed) {
            store.abandon();
            throw failed;
        }
    }

    boolean isRunning() {
        return running instanceof Running.Everything;
    }

    private Parts parts() {
        return switch (running) {
            case Running.Everything(Parts parts) -> parts;
            case Running.Nothing _ -> throw new AssertionError("the machine is not running");
        };
    }

    Vfs vfs() {
        return parts().vfs();
    }

    Namespace namespace() {
        return parts().namespace();
    }

    /** What contradicts the invariants, missing objects included. */
    List<String> problems() throws IOException {
        return parts().namespace().check(new Objects(parts().store())).stream()
                .map(Object::toString)
                .toList();
    }

    /** What the garbage collector does in one batch. */
    void collectGarbage() throws IOException {
        List<Garbage> batch = namespace().garbage(GARBAGE_COUNT_MAX);
        if (batch.isEmpty()) {
            return;
        }
        for (Garbage garbage : batch) {
            boolean _ = parts().store().delete(garbage.object());
        }
        parts().store().sync();
        namespace().garbageDone(batch.getLast());
    }

    void compact() throws InterruptedException {
        parts().store().compaction().start();
        parts().store().compaction().await();
    }

    /** Everything there is, read through the mount. */
    Tree tree() throws IOException {
        TreeMap<String, Tree.Node> nodes = new TreeMap<>();
        nodes.put("", Tree.Node.directory(Inode.ROOT.value()));
        addBelow(Inode.ROOT, "", nodes, false);
        return new Tree(nodes);
    }

    /** As {@link #tree}, without the files that can't be read. */
    Tree readableTree() throws IOException {
        TreeMap<String, Tree.Node> nodes = new TreeMap<>();
        addBelow(Inode.ROOT, "", nodes, true);
        return new Tree(nodes);
    }

    private void addBelow(Inode parent, String path, Map<String, Tree.Node> nodes, boolean lenient) throws IOException {
        long handle = vfs().openDirectory(parent);
        try {
            for (Entry entry : vfs().list(handle, 0, 10_000)) {
                String below = path + "/" + entry.name();
                Attributes attributes = entry.attributes();
                if (attributes.isDirectory()) {
                    nodes.put(below, Tree.Node.directory(attributes.inode().value()));
                    addBelow(attributes.inode(), below, nodes, lenient);
                } else {
                    addFile(attributes, below, nodes, lenient);
                }
            }
        } finally {
            vfs().releaseDirectory(handle);
        }
    }

    private void addFile(Attributes file, String path, Map<String, Tree.Node> nodes, boolean lenient)
            throws IOException {
        try {
            nodes.put(path, Tree.Node.file(file.inode().value(), content(file)));
        } catch (IOException unreadable) {
            if (!lenient) {
                throw unreadable;
            }
        }
    }

    private byte[] content(Attributes file) throws IOException {
        OpenFile open = vfs().open(file.inode(), 0);
        try {
            return read(open.handle(), (int) file.sizeBytes());
        } finally {
            vfs().release(open.handle());
        }
    }

    /** The first bytes of an open file. */
    byte[] read(long handle, int sizeBytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(sizeBytes);
        int count = vfs().read(handle, 0, into);
        if (count != sizeBytes) {
            throw new AssertionError(count + " bytes of a file of " + sizeBytes);
        }
        return into.array();
    }

    /** The power goes, if it has not gone yet, and comes back; nothing runs. */
    void powerCut() throws IOException {
        SimulatedPower next = new SimulatedPower();
        SimulatedDisk nextLog = log.powerCut(next);
        SimulatedDisk nextCheckpoints = checkpoints.powerCut(next);
        SimulatedDisk nextContainers = containers.powerCut(next);
        abandon();
        trusted = false;
        boot(next, nextLog, nextCheckpoints, nextContainers);
    }

    /** The process dies, the machine does not. */
    void kill() throws IOException {
        SimulatedPower next = new SimulatedPower();
        SimulatedDisk nextLog = log.kill(next);
        SimulatedDisk nextCheckpoints = checkpoints.kill(next);
        SimulatedDisk nextContainers = containers.kill(next);
        abandon();
        boot(next, nextLog, nextCheckpoints, nextContainers);
    }

    private void boot(
            SimulatedPower next, SimulatedDisk nextLog, SimulatedDisk nextCheckpoints, SimulatedDisk nextContainers) {
        power = next;
        log = nextLog;
        checkpoints = nextCheckpoints;
        containers = nextContainers;
    }

    /** Lets go of what ran, which can't reach its disks any more. */
    private void abandon() throws IOException {
        if (running instanceof Running.Everything(Parts parts)) {
            running = Running.NOTHING;
            try {
                parts.vfs().close();
            } catch (IOException expected) {
                // Its threads have ended, that is all that is wanted.
            }
            NamespaceFixture.abandon(parts.namespace());
            parts.store().abandon();
        }
    }

    /** Ends everything properly. */
    void shutDown() throws IOException {
        Parts parts = parts();
        running = Running.NOTHING;
        try (ObjectStore _ = parts.store();
                Namespace _ = parts.namespace()) {
            parts.vfs().close();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
