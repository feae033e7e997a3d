package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;
import static org.needlefs.cluster.namespace.NamespaceFixture.refused;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.storage.disk.SimulatedDisk;

/** The log's disk fails or is full: everything is refused that cannot be kept, nothing is lost that was promised. */
final class LogFailureTest {
    private static final NamespaceLimits LIMITS =
            new NamespaceLimits(1 << 20, 20, 8 << 20, 64 << 10, 64 << 10, 1 << 30, 0, 4);

    @TempDir
    private Path directory;

    private final SimulatedDisk checkpoints = new SimulatedDisk(2);

    private Namespace open(SimulatedDisk log, boolean trustState) throws IOException {
        return NamespaceFixture.open(
                log, checkpoints, directory.resolve("state"), trustState, AllObjects.STORED, LIMITS);
    }

    private static void make(Namespace namespace, String called) throws IOException {
        Attributes made = namespace.fileSystem().make(Inode.ROOT, name(called), NewNode.file(0600, 0, 0));
        assertThat(made.isFile()).isTrue();
    }

    private static boolean exists(Namespace namespace, String called) throws IOException {
        return namespace.fileSystem().lookup(Inode.ROOT, name(called)).isPresent();
    }

    @Test
    void afterAFailedSyncEveryCallIsRefusedAndWhatWasSyncedBeforeIsThere() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(1);
        Namespace namespace = open(disk, true);
        make(namespace, "synced");
        namespace.fileSystem().sync();
        make(namespace, "unsynced");
        disk.failSyncAfter(0);
        LocalFileSystem fileSystem = namespace.fileSystem();
        refused(Errno.EIO, fileSystem::sync);
        refused(Errno.EIO, fileSystem::sync);
        refused(Errno.EIO, () -> fileSystem.attributes(Inode.ROOT));
        refused(Errno.EIO, () -> fileSystem.lookup(Inode.ROOT, name("synced")));
        refused(Errno.EIO, () -> fileSystem.list(Inode.ROOT, 0, 10));
        refused(Errno.EIO, fileSystem::usage);
        refused(Errno.EIO, () -> make(namespace, "later"));
        refused(Errno.EIO, () -> namespace.garbage(1));
        namespace.abandon();

        Namespace reopened = open(disk.powerCut(), false);
        assertThat(exists(reopened, "synced")).isTrue();
        assertThat(exists(reopened, "later")).isFalse();
        assertThat(reopened.check(AllObjects.STORED)).isEmpty();
        make(reopened, "later");
        reopened.fileSystem().sync();
        reopened.close();
    }

    @Test
    void aCommandThatTheDiskDidNotTakeIsRefusedAndChangesNothing() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(3);
        Namespace namespace = open(disk, true);
        make(namespace, "synced");
        namespace.fileSystem().sync();
        disk.cutPowerAfter(0);
        refused(Errno.EIO, () -> make(namespace, "refused"));
        assertThat(exists(namespace, "refused")).isFalse();
        refused(Errno.EIO, () -> make(namespace, "refused too"));
        namespace.abandon();

        Namespace reopened = open(disk.powerCut(), false);
        assertThat(exists(reopened, "synced")).isTrue();
        assertThat(exists(reopened, "refused too")).isFalse();
        assertThat(reopened.check(AllObjects.STORED)).isEmpty();
        reopened.close();
    }

    @Test
    void aFullDiskRefusesWhatGrowsAndGoesOnWhenThereIsRoom() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(4);
        Namespace namespace = open(disk, true);
        make(namespace, "first");
        disk.limitSpace(disk.totalBytes() - disk.usableBytes());
        int made = 0;
        Errno errno = Errno.EPERM;
        while (made < 10_000 && errno == Errno.EPERM) {
            try {
                make(namespace, "file-" + made);
                made++;
            } catch (FsException refusal) {
                errno = refusal.errno();
            }
        }
        assertThat(errno).isEqualTo(Errno.ENOSPC);
        assertThat(exists(namespace, "file-" + made)).isFalse();
        assertThat(exists(namespace, "first")).isTrue();
        disk.unlimitSpace();
        make(namespace, "file-" + made);
        namespace.fileSystem().sync();
        namespace.abandon();

        Namespace reopened = open(disk.powerCut(), false);
        for (int i = 0; i <= made; i++) {
            assertThat(exists(reopened, "file-" + i)).as("file-" + i).isTrue();
        }
        assertThat(reopened.check(AllObjects.STORED)).isEmpty();
        reopened.close();
    }
}
