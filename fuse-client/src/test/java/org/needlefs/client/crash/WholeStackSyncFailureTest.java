package org.needlefs.client.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.client.vfs.FileOperations.Created;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;

/** A disk that fails a sync: whoever asked is told, and what was synced before stays. */
final class WholeStackSyncFailureTest {
    private static final int READ_WRITE = 2;
    private static final byte[] BEFORE = bytes(100_000, 1);
    private static final byte[] DURING = bytes(150_000, 2);
    private static final byte[] AFTER = bytes(120_000, 3);

    @TempDir
    Path directory;

    @Test
    void aFailedSyncOfTheContainersIsToldAndHarmsNothingOlder() throws Exception {
        failAndPowerCut(true);
    }

    @Test
    void aFailedSyncOfTheNamespacesLogIsToldAndHarmsNothingOlder() throws Exception {
        failAndPowerCut(false);
    }

    private void failAndPowerCut(boolean containers) throws Exception {
        for (long seed = 0; seed < 5; seed++) {
            try (CrashMachine machine = new CrashMachine(directory.resolve(containers + "-" + seed), seed)) {
                openAndFail(machine, containers);
                machine.powerCut();
                machine.open(new History(Tree.EMPTY));
                assertBeforeIsThere(machine);
                assertThat(machine.problems()).isEmpty();
                machine.shutDown();
            }
        }
    }

    @Test
    void whatIsSyncedAfterARestartStaysThoughTheRunBeforeLostAnObjectToAFailedSync() throws Exception {
        for (long seed = 0; seed < 10; seed++) {
            try (CrashMachine machine = new CrashMachine(directory.resolve("restart-" + seed), seed)) {
                openAndFail(machine, true);
                machine.kill();
                machine.open(new History(Tree.EMPTY));
                long handle = create(machine, "after", AFTER);
                machine.vfs().sync(handle, false);
                machine.powerCut();
                machine.open(new History(Tree.EMPTY));
                assertBeforeIsThere(machine);
                assertThat(machine.readableTree().at("/after").map(Tree.Node::bytes))
                        .as("synced after the restart, seed %d", seed)
                        .hasValue(AFTER);
            }
        }
    }

    private static void openAndFail(CrashMachine machine, boolean containers) throws IOException {
        machine.open(new History(Tree.EMPTY));
        machine.vfs().sync(create(machine, "before", BEFORE), false);
        long handle = create(machine, "during", DURING);
        machine.vfs().flush(handle);
        (containers ? machine.containers() : machine.log()).failSyncAfter(0);
        for (int time = 0; time < 3; time++) {
            assertThatThrownBy(() -> machine.vfs().sync(handle, false))
                    .as("sync number %d since the disk failed", time)
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> machine.vfs().syncAll()).isInstanceOf(IOException.class);
        if (containers) { // Without its log the namespace answers nothing any more.
            assertThat(machine.read(handle, DURING.length)).isEqualTo(DURING);
        }
    }

    private static long create(CrashMachine machine, String name, byte[] content) throws IOException {
        Created made = machine.vfs().create(Inode.ROOT, Name.of(name), NewNode.file(0644, 0, 0), READ_WRITE);
        assertThat(machine.vfs().write(made.file().handle(), 0, ByteBuffer.wrap(content)))
                .isEqualTo(content.length);
        return made.file().handle();
    }

    private static void assertBeforeIsThere(CrashMachine machine) throws IOException {
        assertThat(machine.readableTree().at("/before").map(Tree.Node::bytes))
                .as("synced before the disk failed")
                .hasValue(BEFORE);
    }

    private static byte[] bytes(int sizeBytes, long seed) {
        byte[] bytes = new byte[sizeBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
