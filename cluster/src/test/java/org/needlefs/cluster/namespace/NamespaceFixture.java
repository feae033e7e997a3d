package org.needlefs.cluster.namespace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Name;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.LocalDisk;

/** Opens namespaces in a directory, with a clock that counts. */
public final class NamespaceFixture {
    public static final UUID ID = new UUID(0x6e656564L, 0x6c656673L);
    static final Geometry GEOMETRY = new Geometry(64 << 10, 4096);
    static final long TOTAL_BYTES = 1L << 40;
    static final long AVAILABLE_BYTES = 1L << 39;

    /** Small enough that a short test flushes, evicts, rolls and checkpoints. */
    static final NamespaceLimits TINY = new NamespaceLimits(64 << 10, 20, 8 << 20, 64 << 10, 1 << 20, 1 << 20, 0, 4);

    private NamespaceFixture() {}

    public static Namespace open(Path directory, boolean trustState, NamespaceLimits limits) throws IOException {
        return open(
                LocalDisk.open(directory.resolve("log")),
                LocalDisk.open(directory.resolve("checkpoints")),
                directory.resolve("state"),
                trustState,
                AllObjects.STORED,
                limits);
    }

    static Namespace open(
            Disk log, Disk checkpoints, Path state, boolean trustState, StoredObjects objects, NamespaceLimits limits)
            throws IOException {
        AtomicLong clock = new AtomicLong(1_000_000);
        return Namespace.open(new NamespaceConfig(
                log,
                checkpoints,
                state,
                trustState,
                ID,
                GEOMETRY,
                new NamespaceConfig.RootOwner(0755, 0, 0),
                () -> new SpaceSource.Space(TOTAL_BYTES, AVAILABLE_BYTES),
                objects,
                clock::incrementAndGet,
                limits));
    }

    /** Lets go of a namespace as the death of the process would. */
    public static void abandon(Namespace namespace) throws IOException {
        namespace.abandon();
    }

    static Name name(String text) {
        try {
            return Name.of(text);
        } catch (FsException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void refused(Errno errno, ThrowableAssert.ThrowingCallable call) {
        Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FsException.class,
                        refusal -> Assertions.assertThat(refusal.errno())
                                .as(refusal.getMessage())
                                .isEqualTo(errno));
    }
}
