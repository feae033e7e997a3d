package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.EnvelopeCodec;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.command.OutcomeCodec;
import org.needlefs.cluster.namespace.log.Checkpoints;
import org.needlefs.cluster.namespace.machine.NamespaceMachine;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.store.BulkLoad;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.cluster.namespace.store.StateStore;
import org.needlefs.cluster.namespace.store.StoreLimits;
import org.needlefs.cluster.namespace.store.Table;
import org.needlefs.storage.disk.DiskFile;
import org.needlefs.storage.disk.SimulatedDisk;

/** What version 1 wrote can be read, and what is written is what version 1 wrote. */
final class NamespaceFormatTest {
    private static final StoreLimits ROOMY = new StoreLimits(16 << 20, 100_000, 8 << 20);
    private static final StoreLimits CRAMPED = new StoreLimits(500, 1, 8 << 20);

    @TempDir
    private Path directory;

    /** The state after the script and what came out of each command. */
    private record Played(List<Outcome> outcomes, byte[] checkpoint) {}

    private Played play(String called, StoreLimits limits) throws IOException {
        StateStore store = StateStore.open(directory.resolve(called), limits);
        try {
            NamespaceState state = NamespaceState.open(store, 1 << 20);
            NamespaceMachine machine = new NamespaceMachine(state, 4);
            store.start(machine::save);
            List<Outcome> outcomes = new ArrayList<>();
            for (Envelope envelope : CommandScript.envelopes()) {
                store.awaitRoom();
                store.writeLock().lock();
                try {
                    outcomes.add(machine.apply(outcomes.size() + 1, envelope));
                    store.applied(outcomes.size());
                } finally {
                    store.writeLock().unlock();
                }
            }
            return new Played(outcomes, checkpoint(store));
        } finally {
            store.closeUnflushed();
        }
    }

    private static byte[] checkpoint(StateStore store) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(1);
        try (StateSnapshot snapshot = store.snapshot()) {
            new Checkpoints(disk).write(snapshot);
        }
        try (DiskFile file = disk.open(disk.list().getFirst())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeBytes());
            assertThat(file.read(0, bytes)).isEqualTo(bytes.capacity());
            return bytes.array();
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static List<String> golden(String called) throws IOException {
        try (InputStream in = NamespaceFormatTest.class.getResourceAsStream(called)) {
            assertThat(in).as(called).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    @Test
    void theSameCommandsGiveTheSameBytesHoweverTheyAreFlushed() throws IOException {
        Played once = play("once", ROOMY);
        Played again = play("again", CRAMPED);
        assertThat(again.outcomes()).isEqualTo(once.outcomes());
        assertThat(hex(again.checkpoint())).isEqualTo(hex(once.checkpoint()));
    }

    @Test
    void theScriptHasEveryCommandAndOutcome() throws IOException {
        TreeSet<String> commands = new TreeSet<>();
        TreeSet<String> mends = new TreeSet<>();
        for (Envelope envelope : CommandScript.envelopes()) {
            commands.add(envelope.command().getClass().getSimpleName());
            if (envelope.command() instanceof Command.Repair(var mend)) {
                mends.add(mend.getClass().getSimpleName());
            }
        }
        assertThat(commands).hasSize(Command.class.getPermittedSubclasses().length);
        assertThat(mends).hasSize(Mend.class.getPermittedSubclasses().length);
        TreeSet<String> outcomes = new TreeSet<>();
        play("kinds", ROOMY)
                .outcomes()
                .forEach(outcome -> outcomes.add(outcome.getClass().getSimpleName()));
        assertThat(outcomes).hasSize(Outcome.class.getPermittedSubclasses().length);
    }

    @Test
    void commandsAreWrittenAndReadAsByVersionOne() throws IOException {
        List<String> written = new ArrayList<>();
        for (Envelope envelope : CommandScript.envelopes()) {
            ByteWriter out = new ByteWriter(64);
            EnvelopeCodec.put(out, List.of(envelope));
            written.add(hex(out.toBytes()));
        }
        assertThat(written).isEqualTo(golden("commands-v1.golden"));
        for (String line : golden("commands-v1.golden")) {
            ByteWriter out = new ByteWriter(64);
            EnvelopeCodec.put(
                    out, EnvelopeCodec.take(new ByteReader(HexFormat.of().parseHex(line))));
            assertThat(hex(out.toBytes())).isEqualTo(line);
        }
    }

    @Test
    void outcomesAreWrittenAndReadAsByVersionOne() throws IOException {
        List<Outcome> outcomes = play("outcomes", ROOMY).outcomes();
        List<String> written = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            ByteWriter out = new ByteWriter(64);
            OutcomeCodec.put(out, outcome);
            written.add(hex(out.toBytes()));
        }
        List<String> golden = golden("outcomes-v1.golden");
        assertThat(written).isEqualTo(golden);
        for (int i = 0; i < golden.size(); i++) {
            ByteReader in = new ByteReader(HexFormat.of().parseHex(golden.get(i)));
            assertThat(OutcomeCodec.take(in)).isEqualTo(outcomes.get(i));
            in.end();
        }
    }

    @Test
    void checkpointsAndTheirRowsAreWrittenAndReadAsByVersionOne() throws IOException {
        String golden = String.join("", golden("checkpoint-v1.golden"));
        assertThat(hex(play("written", ROOMY).checkpoint())).isEqualTo(golden);

        SimulatedDisk disk = new SimulatedDisk(1);
        long index = CommandScript.envelopes().size();
        try (DiskFile file = disk.create(String.format("checkpoint-%016x", index))) {
            file.write(0, ByteBuffer.wrap(HexFormat.of().parseHex(golden)));
        }
        StateStore store = StateStore.open(directory.resolve("read"), ROOMY);
        try {
            NamespaceState state = NamespaceState.open(store, 1 << 20);
            try (BulkLoad load = store.load()) {
                new Checkpoints(disk).read(index, load);
            }
            store.start(() -> {});
            assertThat(hex(checkpoint(store))).isEqualTo(golden);
            try (StateSnapshot snapshot = store.snapshot()) {
                for (Table<?> table : snapshot.tables()) {
                    assertThat(rowCount(snapshot, table)).as(table.name()).isPositive();
                }
            }
            assertThat(state.meta().get(Key.FIRST)).isNotEqualTo(Optional.empty());
        } finally {
            store.closeUnflushed();
        }
    }

    /** Decodes every row. */
    private static <V> int rowCount(StateSnapshot snapshot, Table<V> table) throws IOException {
        int[] count = {0};
        snapshot.scan(table, Key.FIRST, Key.LAST, (_, _) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }
}
