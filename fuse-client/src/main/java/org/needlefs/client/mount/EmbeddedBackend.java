package org.needlefs.client.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.needlefs.client.admin.NodeControl;
import org.needlefs.client.vfs.Vfs;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.node.EmbeddedNode;
import org.needlefs.cluster.node.FilesystemFormat;
import org.needlefs.cluster.node.NodeConfig;

/**
 * A whole filesystem open in this process: the node and the vfs in front of it. {@link #close} stores everything.
 * Threading: any.
 */
public final class EmbeddedBackend implements Closeable {
    private final EmbeddedNode node;
    private final Vfs vfs;
    private final EmbeddedControl control;

    private EmbeddedBackend(EmbeddedNode node, Vfs vfs, EmbeddedControl control) {
        this.node = node;
        this.vfs = vfs;
        this.control = control;
    }

    /** Opens the filesystem of these directories; empty ones are formatted with the defaults. */
    public static EmbeddedBackend open(DataDirectories directories, MountSettings settings) throws IOException {
        Path first = directories.first();
        FilesystemFormat format = FilesystemFormat.existsIn(first)
                ? FilesystemFormat.readFrom(first)
                : FilesystemFormat.create(
                        "needlefs",
                        new Geometry(FilesystemFormat.CHUNK_SIZE_DEFAULT, FilesystemFormat.INLINE_SIZE_DEFAULT));
        if (!FilesystemFormat.existsIn(first)) {
            format.writeTo(first);
        }
        EmbeddedNode node = EmbeddedNode.open(NodeConfig.of(directories.paths()), format, owner(first));
        VfsConfig config = VfsConfig.DEFAULTS
                .withWriteBuffers(settings.writeBufferBytes(), VfsConfig.DEFAULTS.pageSizeBytes())
                .withBlockCache(settings.readCacheBytes(), VfsConfig.DEFAULTS.blockSizeBytes());
        Vfs vfs = new Vfs(node.fileSystem(), node.objects(), config, InstantSource.system());
        return new EmbeddedBackend(node, vfs, new EmbeddedControl(node, vfs));
    }

    /** Whoever owns the data owns the root of a new filesystem. */
    private static EmbeddedNode.RootOwner owner(Path directory) throws IOException {
        return new EmbeddedNode.RootOwner(
                (int) Files.getAttribute(directory, "unix:uid"), (int) Files.getAttribute(directory, "unix:gid"));
    }

    public Vfs operations() {
        return vfs;
    }

    public NodeControl control() {
        return control;
    }

    /** @throws IOException something could not be stored */
    @Override
    public void close() throws IOException {
        try (node) {
            vfs.close();
        }
    }
}
