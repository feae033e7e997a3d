package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.needlefs.cluster.namespace.StoredObjects;
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

    /**
     * Brings the state up to the end of the log. After a power cut ({@code trustState} is false) the log is first cut where
     * it names objects that were lost.
     *
     * @throws CorruptDataException no good state can be had: checkpoints are damaged, or the log is
     */
    public Recovered recover(SegmentLog segments, boolean trustState, StoredObjects objects) throws IOException {
        Optional<StoredObjects> suspected = trustState ? Optional.empty() : Optional.of(objects);
        if (trustState && Files.isDirectory(stateDirectory)) {
            try {
                return replay(openStored(segments), segments, suspected);
            } catch (CorruptDataException e) {
                log.warn("the stored state is no good and is made anew: {}", e.getMessage());
            }
        }
        List<CorruptDataException> failures = new ArrayList<>();
        for (long index : checkpoints.indexes()) {
            try {
                return replay(load(index, segments), segments, suspected);
            } catch (CorruptDataException e) {
                log.error("the checkpoint at {} is of no use: {}", index, e.getMessage());
                failures.add(e);
            }
        }
        try {
            deleteState();
            return replay(open(), segments, suspected);
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

    private Recovered replay(NamespaceState state, SegmentLog segments, Optional<StoredObjects> suspected)
            throws IOException {
        StateStore store = state.store();
        try {
            NamespaceMachine machine = new NamespaceMachine(state, hashBitCount);
            store.start(machine::save);
            long first = store.appliedIndex() + 1;
            LogMarks marks = LogMarks.scan(segments, first);
            if (suspected.isPresent()) {
                marks = cutLost(segments, first, marks, suspected.get());
            }
            segments.scan(first, LocalLog.RECORD_BYTES_MAX, new Replay(store, machine, marks));
            if (store.appliedIndex() != segments.lastSequence()) {
                throw new CorruptDataException("the log has no record " + (store.appliedIndex() + 1));
            }
            return new Recovered(state, machine);
        } catch (IOException | RuntimeException e) {
            store.closeUnflushed();
            throw e;
        }
    }

    private static LogMarks cutLost(SegmentLog segments, long first, LogMarks marks, StoredObjects objects)
            throws IOException {
        OptionalLong lost = LostObjects.find(segments, first, marks, objects);
        if (lost.isEmpty()) {
            return marks;
        }
        long last =
                segments.append(LogMarks.CUT, LogMarks.body(lost.getAsLong())).sequence();
        segments.sync(last);
        log.warn(
                "the power cut took an object that was not synced: the namespace is as it was {} changes earlier",
                last - lost.getAsLong());
        return marks.with(new LogMarks.Cut(lost.getAsLong(), last));
    }

    private record Replay(StateStore store, NamespaceMachine machine, LogMarks marks) implements RecordVisitor {
        @Override
        public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
            if (sequence != store.appliedIndex() + 1) {
                throw new CorruptDataException("the log has no record " + (store.appliedIndex() + 1));
            }
            List<Envelope> envelopes = marks.isVoid(sequence) ? List.of() : envelopes(sequence, type, prefix);
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

        private static List<Envelope> envelopes(long sequence, byte type, ByteBuffer prefix) throws IOException {
            if (type == LogMarks.BARRIER || type == LogMarks.CUT) {
                return List.of();
            }
            if (type != LocalLog.COMMANDS) {
                throw new CorruptDataException("record " + sequence + " of the log is of unknown type " + type);
            }
            byte[] body = new byte[prefix.remaining()];
            prefix.get(body);
            return EnvelopeCodec.take(new ByteReader(body));
        }

        @Override
        public void damaged(long segment, long offsetBytes, long sizeBytes, String why) throws IOException {
            throw new CorruptDataException(
                    "the log is damaged in segment " + segment + " at " + offsetBytes + ": " + why);
        }
    }
}
