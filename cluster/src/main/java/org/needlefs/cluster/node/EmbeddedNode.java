package org.needlefs.cluster.node;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.namespace.Namespace;
import org.needlefs.cluster.namespace.NamespaceConfig;
import org.needlefs.cluster.namespace.SpaceSource;
import org.needlefs.cluster.namespace.check.Problem;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.disk.LocalDisk;
import org.needlefs.storage.needle.ObjectStore;
import org.needlefs.storage.needle.ObjectStoreConfig;
import org.needlefs.storage.needle.StoreDirectory;
import org.needlefs.storage.needle.StoreSpace;

/**
 * A whole filesystem in this process: a cluster of one. Wires object store, namespace and background work over a set of
 * data directories that are locked against every other process.
 *
 * <p>Guarantee: after {@link #open} everything is there that was synced before a power cut, and everything that
 * returned before the death of the process alone. Threading: any.
 */
public final class EmbeddedNode implements Closeable {
    private static final int ROOT_PERMISSIONS = 0755;
    private static final long SEGMENT_SIZE_BYTES_MIN = 16L << 20;
    private static final long SEGMENT_SIZE_BYTES_MAX = 256L << 20;
    private static final int SEGMENTS_A_DISK = 128;

    private final FilesystemFormat format;
    private final ObjectStore store;
    private final Namespace namespace;
    private final GarbageCollector collector;

    private final Closeable cleanEnd;

    /** What is to be closed, the last opened first; the lock is the last. */
    private final Deque<Closeable> opened;

    private EmbeddedNode(
            FilesystemFormat format,
            ObjectStore store,
            Namespace namespace,
            GarbageCollector collector,
            Closeable cleanEnd,
            Deque<Closeable> opened) {
        this.format = format;
        this.store = store;
        this.namespace = namespace;
        this.collector = collector;
        this.cleanEnd = cleanEnd;
        this.opened = opened;
    }

    /**
     * Opens the filesystem of a set of data directories, which {@code format} must describe.
     *
     * @throws IOException another process has it, the disk is broken, or it belongs to another filesystem: one line for the user
     */
    public static EmbeddedNode open(NodeConfig config, FilesystemFormat format, RootOwner rootOwner)
            throws IOException {
        Deque<Closeable> opened = new ArrayDeque<>();
        try {
            return open(config, format, rootOwner, opened);
        } catch (IOException | RuntimeException | AssertionError failed) {
            opened.forEach(part -> close(part, failed));
            throw failed;
        }
    }

    private static EmbeddedNode open(
            NodeConfig config, FilesystemFormat format, RootOwner rootOwner, Deque<Closeable> opened)
            throws IOException {
        Path first = config.dataDirectories().getFirst();
        Path namespaceFolder = Files.createDirectories(first.resolve("namespace"));
        LocalDisk logDisk = LocalDisk.open(namespaceFolder.resolve("log"));
        opened.push(logDisk.lock());
        RunMarker marker = RunMarker.take(first);
        ObjectStore store = ObjectStore.open(storeConfig(config, format, marker.trusted()));
        opened.push(store);
        NamespaceConfig namespaceConfig = new NamespaceConfig(
                logDisk,
                LocalDisk.open(namespaceFolder.resolve("checkpoints")),
                namespaceFolder.resolve("state"),
                marker.trusted(),
                format.filesystemId(),
                format.geometry(),
                new NamespaceConfig.RootOwner(ROOT_PERMISSIONS, rootOwner.userId(), rootOwner.groupId()),
                () -> space(store),
                new NodeObjects(store),
                EmbeddedNode::nowNanos,
                config.namespaceLimits());
        Namespace namespace = Namespace.open(namespaceConfig);
        opened.push(namespace);
        marker.mended();
        GarbageCollector collector = new GarbageCollector(namespace, store, EmbeddedNode::nowNanos);
        collector.start();
        opened.push(collector);
        return new EmbeddedNode(
                format,
                store,
                namespace,
                collector,
                () -> marker.remove(StoppedNode.cacheFolders(config.dataDirectories())),
                opened);
    }

    private static ObjectStoreConfig storeConfig(NodeConfig config, FilesystemFormat format, boolean trustIndex)
            throws IOException {
        List<StoreDirectory> directories = new ArrayList<>();
        for (Path directory : config.dataDirectories()) {
            directories.add(StoreDirectory.of(Files.createDirectories(StoppedNode.objectsFolder(directory))));
        }
        long segmentSizeBytes = config.segmentSizeBytes() > 0
                ? config.segmentSizeBytes()
                : segmentSizeBytes(directories.getFirst().disk().totalBytes());
        return ObjectStoreConfig.of(directories, format.filesystemId())
                .withSegmentSizeBytes(segmentSizeBytes)
                .withTrustIndex(trustIndex);
    }

    /** A small disk gets small containers, so that the reserve of two does not take a large part of it. */
    private static long segmentSizeBytes(long diskSizeBytes) {
        long share = Long.highestOneBit(Math.max(1, diskSizeBytes / SEGMENTS_A_DISK));
        return Math.clamp(share, SEGMENT_SIZE_BYTES_MIN, SEGMENT_SIZE_BYTES_MAX);
    }

    private static SpaceSource.Space space(ObjectStore store) throws IOException {
        StoreSpace space = store.space();
        return new SpaceSource.Space(space.totalBytes(), space.availableBytes());
    }

    private static long nowNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    public FilesystemFormat format() {
        return format;
    }

    public FileSystem fileSystem() {
        return namespace.fileSystem();
    }

    public ObjectClient objects() {
        return new LocalObjectClient(store);
    }

    /** For administration: space, compaction, scrub. */
    public ObjectStore store() {
        return store;
    }

    /** For administration: checks, checkpoints. */
    public Namespace namespace() {
        return namespace;
    }

    /**
     * Finds objects that nobody refers to and deletes them, or only counts them if {@code dryRun}. Takes none that is
     * younger than an hour.
     */
    public UnreferencedObjects.Found collectUnreferenced(boolean dryRun, UnreferencedObjects.Progress progress)
            throws IOException {
        return new UnreferencedObjects(store, namespace, System.currentTimeMillis(), UnreferencedObjects.AGE_MILLIS_MIN)
                .run(dryRun, progress);
    }

    /** What contradicts the invariants of the namespace, references to objects included. */
    public List<Problem> check() throws IOException {
        return namespace.check(new NodeObjects(store));
    }

    /** Mends what can be mended; nobody else may change the namespace meanwhile. Returns what is still wrong. */
    public List<Problem> repair() throws IOException {
        return namespace.repair(new NodeObjects(store));
    }

    /** Objects that lost their last reference and were deleted since the node was opened. */
    public long collectedCount() {
        return collector.deletedCount();
    }

    /** Everything is durable on return, and the next opening finds nothing to replay. A second call does nothing. */
    @Override
    public void close() throws IOException {
        IOException failure = new IOException("the node could not be closed cleanly");
        while (opened.size() > 1) {
            close(opened.pop(), failure);
        }
        if (!opened.isEmpty()) {
            if (failure.getSuppressed().length == 0) {
                close(cleanEnd, failure);
            }
            close(opened.pop(), failure);
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static void close(Closeable part, Throwable failure) {
        try {
            part.close();
        } catch (IOException | RuntimeException | AssertionError alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    /** Who owns the root directory of a new filesystem. */
    public record RootOwner(int userId, int groupId) {}
}
