package org.needlefs.client.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.needlefs.client.vfs.config.VfsConfig;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.storage.OutOfSpaceException;

class VfsTest {
    private static final int CHUNK = 64 << 10;
    private static final int O_APPEND = 02000;
    private static final int O_TRUNC = 01000;
    private static final int O_DSYNC = 010000;
    private static final NewNode FILE = NewNode.file(0644, 0, 0);

    private final InMemoryObjectClient objects = new InMemoryObjectClient();
    private final InMemoryFileSystem fileSystem = new InMemoryFileSystem(new Geometry(CHUNK, 256), objects);
    private final Vfs vfs = new Vfs(
            fileSystem,
            objects,
            VfsConfig.DEFAULTS.withWriteBuffers(1 << 20, 4 << 10).withBlockCache(64 << 10, 4 << 10),
            InstantSource.system());

    @AfterEach
    void nothingStaysInTheBuffers() throws IOException {
        objects.heal();
        fileSystem.heal();
        vfs.close();
        assertThat(vfs.gauges().openFileCount()).as("open handles").isZero();
        assertThat(vfs.gauges().bufferedBytes()).as("buffered").isZero();
    }

    private static Name name(String text) throws IOException {
        return Name.of(text);
    }

    private FileOperations.Created create(String name) throws IOException {
        return vfs.create(Inode.ROOT, name(name), FILE, 2);
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private int write(long handle, long offset, byte[] bytes) throws IOException {
        return vfs.write(handle, offset, ByteBuffer.wrap(bytes));
    }

    private byte[] read(long handle, long offset, int size) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(size);
        int count = vfs.read(handle, offset, into);
        return Arrays.copyOf(into.array(), count);
    }

    private static Errno errnoOf(IOException thrown) {
        return ((FsException) thrown).errno();
    }

    private void close(long handle) throws IOException {
        vfs.flush(handle);
        vfs.release(handle);
    }

    @Test
    void whatIsWrittenIsReadAtOnceAndAfterClosing() throws IOException {
        FileOperations.Created made = create("a");
        byte[] data = bytes(3 * CHUNK + 1000, 1);
        assertThat(write(made.file().handle(), 0, data)).isEqualTo(data.length);
        assertThat(read(made.file().handle(), 0, data.length + 10)).isEqualTo(data);
        close(made.file().handle());
        FileOperations.OpenFile again = vfs.open(made.attributes().inode(), 0);
        assertThat(read(again.handle(), 0, data.length + 10)).isEqualTo(data);
        assertThat(read(again.handle(), CHUNK - 5, 10)).isEqualTo(Arrays.copyOfRange(data, CHUNK - 5, CHUNK + 5));
        close(again.handle());
    }

    @Test
    void aSmallFileLivesInItsInodeUntilItGrows() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(200, 1));
        vfs.flush(handle);
        assertThat(fileSystem.isInline(made.attributes().inode())).isTrue();
        assertThat(objects.putCount()).isZero();
        write(handle, 300, bytes(50, 2));
        vfs.flush(handle);
        assertThat(fileSystem.isInline(made.attributes().inode())).isFalse();
        byte[] expected = new byte[350];
        System.arraycopy(bytes(200, 1), 0, expected, 0, 200);
        System.arraycopy(bytes(50, 2), 0, expected, 300, 50);
        assertThat(read(handle, 0, 1000)).isEqualTo(expected);
        close(handle);
    }

    @Test
    void aSmallFileThatIsTruncatedLongLeavesItsInode() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(200, 1));
        close(handle);
        Attributes longer = vfs.setAttributes(made.attributes().inode(), AttributeChange.NONE.withSizeBytes(10_000));
        assertThat(longer.sizeBytes()).isEqualTo(10_000);
        long again = vfs.open(made.attributes().inode(), 0).handle();
        assertThat(read(again, 0, 20_000)).isEqualTo(Arrays.copyOf(bytes(200, 1), 10_000));
        close(again);
    }

    @Test
    void aSmallFileThatIsTruncatedLongKeepsItsSizeWhenItsStartIsWritten() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(100, 1));
        close(handle);
        Attributes longer = vfs.setAttributes(made.attributes().inode(), AttributeChange.NONE.withSizeBytes(200));
        assertThat(longer.sizeBytes()).isEqualTo(200);
        long again = vfs.open(made.attributes().inode(), 2).handle();
        write(again, 0, bytes(10, 2));
        close(again);
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(200);
        byte[] expected = Arrays.copyOf(bytes(100, 1), 200);
        System.arraycopy(bytes(10, 2), 0, expected, 0, 10);
        long last = vfs.open(made.attributes().inode(), 0).handle();
        assertThat(read(last, 0, 1000)).isEqualTo(expected);
        close(last);
    }

    @Test
    void attributesShowWhatIsNotFlushedYet() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 1000, bytes(500, 1));
        assertThat(fileSystem.attributes(made.attributes().inode()).sizeBytes()).isZero();
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(1500);
        assertThat(vfs.lookup(Inode.ROOT, name("a")).modifyNanos()).isPositive();
        long directory = vfs.openDirectory(Inode.ROOT);
        assertThat(vfs.list(directory, 0, 10).getFirst().attributes().sizeBytes())
                .isEqualTo(1500);
        vfs.releaseDirectory(directory);
        close(handle);
        assertThat(fileSystem.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(1500);
    }

    @Test
    void aModifyTimeThatWasSetSurvivesTheFlushOfEarlierWrites() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(500, 1));
        vfs.setAttributes(made.attributes().inode(), AttributeChange.NONE.withModifyNanos(42));
        assertThat(vfs.attributes(made.attributes().inode()).modifyNanos()).isEqualTo(42);
        close(handle);
        assertThat(vfs.attributes(made.attributes().inode()).modifyNanos()).isEqualTo(42);
    }

    /** Who may keep the bits is known to the kernel alone, so the binding drops them by setting permissions. */
    @Test
    void writingLeavesSetuidToWhoKnowsTheWriter() throws IOException {
        FileOperations.Created made = vfs.create(Inode.ROOT, name("a"), NewNode.file(04755, 0, 0), 2);
        long handle = made.file().handle();
        Inode inode = made.attributes().inode();
        write(handle, 0, bytes(500, 1));
        assertThat(vfs.attributes(inode).permissions()).isEqualTo(04755);
        vfs.setAttributes(inode, AttributeChange.NONE.withPermissions(0755));
        close(handle);
        assertThat(fileSystem.attributes(inode).permissions()).isEqualTo(0755);
    }

    @Test
    void anUnlinkedOpenFileGoesOnWorkingAndGoesWithItsLastHandle() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        Inode inode = made.attributes().inode();
        write(handle, 0, bytes(1000, 1));
        vfs.unlink(Inode.ROOT, name("a"));
        assertThat(vfs.attributes(inode).linkCount()).isZero();
        assertThat(vfs.attributes(inode).sizeBytes()).isEqualTo(1000);
        write(handle, 1000, bytes(1000, 2));
        vfs.setAttributes(inode, AttributeChange.NONE.withSizeBytes(1500));
        assertThat(read(handle, 1000, 1000)).isEqualTo(Arrays.copyOf(bytes(1000, 2), 500));
        close(handle);
        assertThatThrownBy(() -> vfs.attributes(inode)).isInstanceOf(FsException.class);
        assertThat(objects.objectCount()).isZero();
        assertThat(fileSystem.nodeCount()).isEqualTo(1);
    }

    @Test
    void aFileReplacedByRenameWhileOpenGoesOnWorking() throws IOException {
        long old = create("a").file().handle();
        write(old, 0, bytes(1000, 1));
        long young = create("b").file().handle();
        write(young, 0, bytes(1000, 2));
        vfs.rename(Inode.ROOT, name("b"), Inode.ROOT, name("a"), RenameMode.REPLACE);
        assertThat(read(old, 0, 2000)).isEqualTo(bytes(1000, 1));
        assertThat(read(young, 0, 2000)).isEqualTo(bytes(1000, 2));
        close(old);
        close(young);
        assertThat(fileSystem.nodeCount()).isEqualTo(2);
    }

    @Test
    void aFileWithoutANameGetsOneWithAllItsBytes() throws IOException {
        FileOperations.Created made = vfs.createOrphan(FILE, 2);
        write(made.file().handle(), 0, bytes(1000, 1));
        vfs.link(made.attributes().inode(), Inode.ROOT, name("a"));
        close(made.file().handle());
        assertThat(vfs.lookup(Inode.ROOT, name("a")).sizeBytes()).isEqualTo(1000);
    }

    @Test
    void aDirectoryRemovedWhileOpenListsNothing() throws IOException {
        Attributes made = vfs.make(Inode.ROOT, name("d"), NewNode.directory(0755, 0, 0));
        long handle = vfs.openDirectory(made.inode());
        vfs.removeDirectory(Inode.ROOT, name("d"));
        assertThat(vfs.list(handle, 0, 10)).isEmpty();
        vfs.releaseDirectory(handle);
        assertThat(fileSystem.nodeCount()).isEqualTo(1);
    }

    @Test
    void appendsOfTwoHandlesFollowEachOther() throws IOException {
        FileOperations.Created made = create("a");
        long one = vfs.open(made.attributes().inode(), 1 | O_APPEND).handle();
        write(made.file().handle(), 0, bytes(10, 1));
        write(one, 0, bytes(10, 2));
        assertThat(read(made.file().handle(), 10, 100)).isEqualTo(bytes(10, 2));
        close(one);
        close(made.file().handle());
    }

    @Test
    void openingWithTruncateForgetsWhatIsBuffered() throws IOException {
        FileOperations.Created made = create("a");
        write(made.file().handle(), 0, bytes(CHUNK, 1));
        long again = vfs.open(made.attributes().inode(), 2 | O_TRUNC).handle();
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isZero();
        write(again, 100, bytes(1, 2));
        close(made.file().handle());
        close(again);
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(101);
    }

    @Test
    void manyChunksAreCommittedInFewCommands() throws IOException {
        long handle = create("a").file().handle();
        for (int i = 0; i < 40; i++) {
            write(handle, (long) i * CHUNK + 100, bytes(1000, i));
        }
        vfs.flush(handle);
        assertThat(fileSystem.writeCount()).isLessThan(20);
        assertThat(objects.putCount()).isEqualTo(40);
        close(handle);
    }

    @Test
    void scatteredRangesOfAChunkBecomeOneObject() throws IOException {
        FileOperations.Created made = create("a");
        for (int i = 0; i < 10; i++) {
            write(made.file().handle(), i * 5000L, bytes(100, i));
        }
        close(made.file().handle());
        assertThat(objects.putCount()).isEqualTo(1);
        assertThat(objects.putBytes()).isEqualTo(1000);
        assertThat(fileSystem.extents(made.attributes().inode(), 0)).hasSize(10);
    }

    @Test
    void aFileWithNothingNewCostsNoSync() throws IOException {
        long handle = create("a").file().handle();
        write(handle, 0, bytes(1000, 1));
        vfs.sync(handle, false);
        long objectSyncs = objects.syncCount();
        long nameSyncs = fileSystem.syncCount();
        assertThat(objectSyncs).isEqualTo(1);
        vfs.sync(handle, false);
        assertThat(fileSystem.syncCount()).isEqualTo(nameSyncs);
        write(handle, 0, bytes(1, 2));
        vfs.sync(handle, true);
        assertThat(fileSystem.syncCount()).isEqualTo(nameSyncs + 1);
        assertThat(objects.syncCount()).isEqualTo(objectSyncs + 1);
        close(handle);
    }

    @Test
    void aSmallFileIsMadeDurableWithoutSyncingObjects() throws IOException {
        long handle = create("a").file().handle();
        write(handle, 0, bytes(100, 1));
        vfs.sync(handle, false);
        assertThat(objects.syncCount()).isZero();
        assertThat(fileSystem.syncCount()).isEqualTo(1);
        close(handle);
    }

    @Test
    void aWriteToAFileOpenedForSyncIsDurableWhenItReturns() throws IOException {
        FileOperations.Created made = vfs.create(Inode.ROOT, name("a"), FILE, 1 | O_DSYNC);
        write(made.file().handle(), 0, bytes(1000, 1));
        assertThat(fileSystem.syncCount()).isEqualTo(1);
        assertThat(fileSystem.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(1000);
        close(made.file().handle());
    }

    @Test
    void anErrorIsToldOnceToEachHandleAndTheDataIsStoredByTheNextFlush() throws IOException {
        FileOperations.Created made = create("a");
        long one = made.file().handle();
        long two = vfs.open(made.attributes().inode(), 2).handle();
        write(one, 0, bytes(1000, 1));
        objects.failPuts(id -> Optional.of(new IOException("the store is away")));
        assertThatThrownBy(() -> vfs.sync(one, false)).hasMessageContaining("the store is away");
        objects.heal();
        vfs.sync(one, false);
        assertThatThrownBy(() -> vfs.sync(two, false)).hasMessageContaining("the store is away");
        vfs.sync(two, false);
        long late = vfs.open(made.attributes().inode(), 0).handle();
        vfs.sync(late, false);
        assertThat(read(late, 0, 2000)).isEqualTo(bytes(1000, 1));
        close(one);
        close(two);
        close(late);
    }

    @Test
    void aFullStoreIsToldAndTheFileShowsWhatWasCommitted() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(1000, 1));
        vfs.sync(handle, false);
        write(handle, 500, bytes(1000, 2));
        objects.failPuts(id -> Optional.of(new OutOfSpaceException("full")));
        assertThatThrownBy(() -> vfs.flush(handle))
                .isInstanceOfSatisfying(
                        FsException.class, e -> assertThat(errnoOf(e)).isEqualTo(Errno.ENOSPC));
        objects.heal();
        vfs.flush(handle);
        assertThat(read(handle, 0, 5000)).isEqualTo(bytes(1000, 1));
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(1000);
        assertThat(vfs.gauges().bufferedBytes()).isZero();
        close(handle);
    }

    @Test
    void aCommitThatFailedIsDoneByTheNextFlush() throws IOException {
        long handle = create("a").file().handle();
        write(handle, 0, bytes(100, 1));
        fileSystem.failWrites(() -> Optional.of(new IOException("no leader")));
        assertThatThrownBy(() -> vfs.flush(handle)).hasMessageContaining("no leader");
        assertThat(read(handle, 0, 1000)).isEqualTo(bytes(100, 1));
        fileSystem.heal();
        close(handle);
    }

    @Test
    void aWriteIsRefusedEarlyWhenThereIsNoSpace() throws IOException {
        long handle = create("a").file().handle();
        fileSystem.setAvailableBytes(10_000);
        write(handle, 0, bytes(5_000, 1));
        assertThatThrownBy(() -> write(handle, 0, bytes(20_000, 1)))
                .isInstanceOfSatisfying(
                        FsException.class, e -> assertThat(errnoOf(e)).isEqualTo(Errno.ENOSPC));
        close(handle);
    }

    @Test
    void aFullBufferThatCanNotBeStoredIsAnErrorAndNoHang() throws IOException {
        long handle = create("a").file().handle();
        objects.failPuts(id -> Optional.of(new IOException("the store is away")));
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        write(handle, (long) i * CHUNK, bytes(CHUNK, i));
                    }
                })
                .isInstanceOfSatisfying(
                        FsException.class, e -> assertThat(errnoOf(e)).isEqualTo(Errno.EIO));
        objects.heal();
        assertThatThrownBy(() -> vfs.flush(handle)).hasMessageContaining("the store is away");
        close(handle);
    }

    @Test
    void seekFindsDataAndHolesWithAndWithoutFlushing() throws IOException {
        long handle = create("a").file().handle();
        write(handle, 3L * CHUNK + 100, bytes(1000, 1));
        write(handle, 10L * CHUNK, bytes(10, 1));
        for (int round = 0; round < 2; round++) {
            assertThat(vfs.seek(handle, 0, false)).isEqualTo(3L * CHUNK + 100);
            assertThat(vfs.seek(handle, 0, true)).isZero();
            assertThat(vfs.seek(handle, 3L * CHUNK + 200, true)).isEqualTo(3L * CHUNK + 1100);
            assertThat(vfs.seek(handle, 3L * CHUNK + 1100, false)).isEqualTo(10L * CHUNK);
            assertThat(vfs.seek(handle, 10L * CHUNK, true)).isEqualTo(10L * CHUNK + 10);
            assertThatThrownBy(() -> vfs.seek(handle, 10L * CHUNK + 10, false)).isInstanceOf(FsException.class);
            vfs.flush(handle);
        }
        close(handle);
    }

    @Test
    void aPunchedHoleReadsAsZerosAndKeepsTheSize() throws IOException {
        FileOperations.Created made = create("a");
        long handle = made.file().handle();
        write(handle, 0, bytes(1000, 1));
        vfs.allocate(handle, AllocateMode.PUNCH_HOLE, 500, 1000);
        byte[] expected = bytes(1000, 1);
        Arrays.fill(expected, 500, 1000, (byte) 0);
        assertThat(read(handle, 0, 2000)).isEqualTo(expected);
        vfs.allocate(handle, AllocateMode.EXTEND, 0, 3L * CHUNK);
        assertThat(vfs.attributes(made.attributes().inode()).sizeBytes()).isEqualTo(3L * CHUNK);
        close(handle);
    }

    @Test
    void aLongCopySharesObjectsAndAShortOneCopies() throws IOException {
        long source = create("a").file().handle();
        byte[] data = bytes(20 * CHUNK, 1);
        write(source, 0, data);
        long target = create("b").file().handle();
        write(target, 0, bytes(100, 2));
        assertThat(vfs.copyRange(source, 10, target, 50, 17L * CHUNK)).isEqualTo(17L * CHUNK);
        long puts = objects.putCount();
        assertThat(read(target, 50, 17 * CHUNK)).isEqualTo(Arrays.copyOfRange(data, 10, 17 * CHUNK + 10));
        assertThat(read(target, 0, 50)).isEqualTo(Arrays.copyOf(bytes(100, 2), 50));
        assertThat(vfs.copyRange(source, 20L * CHUNK - 100, target, 0, 1000)).isEqualTo(100);
        assertThat(read(target, 0, 100)).isEqualTo(Arrays.copyOfRange(data, 20 * CHUNK - 100, 20 * CHUNK));
        assertThat(objects.putCount()).isEqualTo(puts);
        assertThatThrownBy(() -> vfs.copyRange(source, 0, source, 10, 100)).isInstanceOf(FsException.class);
        close(source);
        close(target);
    }

    @Test
    void theKernelsPagesAreKeptIfNobodyElseChangedTheFile() throws IOException {
        FileOperations.Created made = create("a");
        Inode inode = made.attributes().inode();
        write(made.file().handle(), 0, bytes(1000, 1));
        close(made.file().handle());
        FileOperations.OpenFile again = vfs.open(inode, 0);
        assertThat(again.keepCache()).isTrue();
        close(again.handle());
        vfs.setAttributes(inode, AttributeChange.NONE.withPermissions(0600));
        FileOperations.OpenFile third = vfs.open(inode, 0);
        assertThat(third.keepCache()).isTrue();
        close(third.handle());
        fileSystem.setAttributes(inode, AttributeChange.NONE.withSizeBytes(10));
        FileOperations.OpenFile fourth = vfs.open(inode, 0);
        assertThat(fourth.keepCache()).isFalse();
        close(fourth.handle());
    }

    @Test
    void smallSyncedAppendsAreMergedByTiers() throws Exception {
        FileOperations.Created made = create("log");
        long handle = made.file().handle();
        byte[] expected = new byte[2000 * 20];
        for (int i = 0; i < 2000; i++) {
            byte[] line = bytes(20, i);
            System.arraycopy(line, 0, expected, i * 20, 20);
            write(handle, i * 20L, line);
            vfs.sync(handle, true);
        }
        vfs.awaitMerged();
        assertThat(fileSystem.extents(made.attributes().inode(), 0).size()).isLessThan(200);
        assertThat(vfs.gauges().mergedRunCount()).isPositive();
        assertThat(read(handle, 0, expected.length)).isEqualTo(expected);
        close(handle);
    }

    @Test
    void anUnknownHandleIsRefused() throws IOException {
        long handle = create("a").file().handle();
        close(handle);
        long other = create("b").file().handle();
        assertThat(other).isNotEqualTo(handle);
        AtomicInteger refused = new AtomicInteger();
        for (long bad : new long[] {handle, 0, -1, 12345, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> vfs.flush(bad)).isInstanceOfSatisfying(FsException.class, e -> {
                assertThat(errnoOf(e)).isEqualTo(Errno.EBADF);
                refused.incrementAndGet();
            });
        }
        assertThat(refused).hasValue(5);
        close(other);
    }
}
