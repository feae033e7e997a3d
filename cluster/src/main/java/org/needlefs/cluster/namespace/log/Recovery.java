package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.EnvelopeCodec;
import org.needlefs.cluster.namespace.machine.NamespaceMachine;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.store.BulkLoad;
import org.needlefs.cluster.namespace.store.StateStore;
import org.needlefs.cluster.namespace.store.StoreLimits;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;
import org.needlefs.storage.segment.SegmentLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the state back: from Xodus if that can be trusted and is good, else from the newest checkpoint that is; in any
 * case followed by the rest of the log.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Path stateDirectory;
    private final StoreLimits limits;
    private final long rowCacheBytes;
    private final int hashBitCount;
    private final Checkpoints checkpoints;

    public Recovery(
            Path stateDirectory, StoreLimits limits, long rowCacheBytes, int hashBitCount, Checkpoints checkpoints) {
        this.stateDirectory = stateDirectory;
        this.limits = limits;
        this.rowCacheBytes = rowCacheBytes;
        this.hashBitCount = hashBitCount;
        this.checkpoints = checkpoints;
    }

    /** The state after all commands of the log, and the machine that goes on with it. */
    public record Recovered(NamespaceState state, NamespaceMachine machine) {}

    /** @throws CorruptDataException no good state can be had: checkpoints are damaged, or the log is */
    public Recovered recover(SegmentLog segments, boolean trustState) throws IOException {
        if (trustState && Files.isDirectory(stateDirectory)) {
            try {
                return replay(openStored(segments), segments);
            } catch (CorruptDataException e) {
                log.warn("the stored state is no good and is made anew: {}", e.getMessage());
            }
        }
        List<CorruptDataException> failures = new ArrayList<>();
        for (long index : checkpoints.indexes()) {
            try {
                return replay(load(index, segments), segments);
            } catch (CorruptDataException e) {
                log.error("the checkpoint at {} is of no use: {}", index, e.getMessage());
                failures.add(e);
            }
        }
        try {
            deleteState();
            return replay(open(), segments);
        } catch (CorruptDataException e) {
            failures.forEach(e::addSuppressed);
            throw e;
        }
    }

    private NamespaceState openStored(SegmentLog segments) throws IOException {
        NamespaceState state = open();
        long index = state.store().appliedIndex();
        if (index == 0) {
            state.store().closeUnflushed();
            throw new CorruptDataException("it is empty or half loaded");
        }
        if (index > segments.lastSequence()) {
            state.store().closeUnflushed();
            throw new CorruptDataException("it is at " + index + ", the log ends at " + segments.lastSequence());
        }
        return state;
    }

    private NamespaceState load(long index, SegmentLog segments) throws IOException {
        if (index > segments.lastSequence()) {
            throw new CorruptDataException("the log ends at " + segments.lastSequence() + ", before the checkpoint");
        }
        deleteState();
        NamespaceState state = open();
        try (BulkLoad load = state.store().load()) {
            checkpoints.read(index, load);
            return state;
        } catch (IOException | RuntimeException e) {
            state.store().closeUnflushed();
            throw e;
        }
    }

    private NamespaceState open() throws IOException {
        Files.createDirectories(stateDirectory);
        return NamespaceState.open(StateStore.open(stateDirectory, limits), rowCacheBytes);
    }

    private void deleteState() throws IOException {
        if (!Files.exists(stateDirectory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(stateDirectory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Recovered replay(NamespaceState state, SegmentLog segments) throws IOException {
        StateStore store = state.store();
        try {
            NamespaceMachine machine = new NamespaceMachine(state, hashBitCount);
            store.start(machine::save);
            segments.scan(store.appliedIndex() + 1, LocalLog.RECORD_BYTES_MAX, new Replay(store, machine));
            if (store.appliedIndex() != segments.lastSequence()) {
                throw new CorruptDataException("the log has no record " + (store.appliedIndex() + 1));
            }
            return new Recovered(state, machine);
        } catch (IOException | RuntimeException e) {
            store.closeUnflushed();
            throw e;
        }
    }

    private record Replay(StateStore store, NamespaceMachine machine) implements RecordVisitor {
        @Override
        public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
            if (sequence != store.appliedIndex() + 1) {
                throw new CorruptDataException("the log has no record " + (store.appliedIndex() + 1));
            }
            if (type != LocalLog.COMMANDS) {
                throw new CorruptDataException("record " + sequence + " of the log is of unknown type " + type);
            }
            byte[] body = new byte[prefix.remaining()];
            prefix.get(body);
            List<Envelope> envelopes = EnvelopeCodec.take(new ByteReader(body));
            store.awaitRoom();
            store.writeLock().lock();
            try {
                for (Envelope envelope : envelopes) {
                    var _ = machine.apply(sequence, envelope);
                }
                store.applied(sequence);
            } finally {
                store.writeLock().unlock();
            }
        }

        @Override
        public void damaged(long segment, long offsetBytes, long sizeBytes, String why) throws IOException {
            throw new CorruptDataException(
                    "the log is damaged in segment " + segment + " at " + offsetBytes + ": " + why);
        }
    }
}
