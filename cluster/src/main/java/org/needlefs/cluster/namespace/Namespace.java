package org.needlefs.cluster.namespace;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.namespace.check.NamespaceCheck;
import org.needlefs.cluster.namespace.check.ObjectPresence;
import org.needlefs.cluster.namespace.check.Problem;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.log.Checkpointer;
import org.needlefs.cluster.namespace.log.Checkpoints;
import org.needlefs.cluster.namespace.log.ConsensusLog;
import org.needlefs.cluster.namespace.log.LocalLog;
import org.needlefs.cluster.namespace.log.Recovery;
import org.needlefs.cluster.namespace.machine.NamespaceMachine;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.StateSnapshot;
import org.needlefs.cluster.namespace.store.StoreLimits;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.segment.SegmentLog;
import org.needlefs.storage.segment.SegmentLogConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespace of a filesystem, open in this process: wires log, state, machine and checkpoints.
 *
 * <p>Guarantee: everything that was synced before a crash is there after {@link #open}, and everything that returned
 * before the death of the process alone. Sessions that an earlier process had open are closed by opening. Threading: any.
 */
public final class Namespace implements Closeable {
    private static final Logger logger = LoggerFactory.getLogger(Namespace.class);
    private static final int ORPHANS_A_COMMAND = 256;
    private static final int REPAIR_ROUNDS_MAX = 1000;

    private final NamespaceConfig config;
    private final NamespaceState state;
    private final NamespaceMachine machine;
    private final ConsensusLog log;
    private final Checkpointer checkpointer;
    private final LocalFileSystem fileSystem;

    private Namespace(NamespaceConfig config, Recovery.Recovered recovered, ConsensusLog log, Checkpointer checkpointer)
            throws IOException {
        this.config = config;
        this.state = recovered.state();
        this.machine = recovered.machine();
        this.log = log;
        this.checkpointer = checkpointer;
        if (!machine.formatted()) {
            Outcome _ = propose(new Command.Format(
                    config.filesystemId(),
                    config.geometry(),
                    config.rootOwner().permissions(),
                    config.rootOwner().userId(),
                    config.rootOwner().groupId()));
            long _ = log.sync();
        }
        closeSessions();
        long session = openSession();
        // Object ids begin with the session: a power cut must not give its number out again. A barrier and not just a
        // sync:
        // a run before this one may have lost an object to a disk that failed a sync, and what this run makes durable
        // must
        // not be cut off because of it.
        long _ = log.barrier(config.objects());
        this.fileSystem = new LocalFileSystem(log, machine, state, config, session);
        checkpointer.start();
    }

    /**
     * Opens the namespace, or makes a new one where there is none.
     *
     * @throws org.needlefs.storage.CorruptDataException log and checkpoints do not give a whole state
     */
    public static Namespace open(NamespaceConfig config) throws IOException {
        NamespaceLimits limits = config.limits();
        Checkpoints checkpoints = new Checkpoints(config.checkpointDisk());
        List<Long> indexes = checkpoints.indexes();
        SegmentLogConfig logConfig = new SegmentLogConfig(
                limits.segmentBytes(),
                config.filesystemId(),
                config.filesystemId(),
                indexes.isEmpty() ? 0 : indexes.getFirst());
        SegmentLog segments =
                SegmentLog.open(config.logDisk(), logConfig.withBodySizeMaxBytes(LocalLog.RECORD_BYTES_MAX));
        try {
            StoreLimits storeLimits =
                    new StoreLimits(limits.overlayBytes(), limits.flushMillis(), limits.pageCacheBytes());
            Recovery recovery = new Recovery(
                    config.stateDirectory(), storeLimits, limits.rowCacheBytes(), limits.hashBitCount(), checkpoints);
            Recovery.Recovered recovered = recovery.recover(segments, config.trustState(), config.objects());
            LocalLog log = LocalLog.over(segments, recovered, config.logDisk(), limits.reserveBytes());
            Checkpointer checkpointer = new Checkpointer(
                    recovered.state().store(), segments, checkpoints, config.objects(), limits.checkpointAfterBytes());
            try {
                return new Namespace(config, recovered, log, checkpointer);
            } catch (IOException | RuntimeException | AssertionError e) {
                recovered.state().store().closeUnflushed();
                throw e;
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            segments.close();
            throw e;
        }
    }

    private void closeSessions() throws IOException {
        for (long session : machine.openSessions()) {
            boolean closed = false;
            while (!closed) {
                Outcome outcome = propose(new Command.CloseSession(session, ORPHANS_A_COMMAND));
                closed = outcome instanceof Outcome.Flag(boolean last) && last;
            }
        }
    }

    private long openSession() throws IOException {
        Outcome outcome = propose(new Command.OpenSession());
        if (outcome instanceof Outcome.Numbered(long session)) {
            return session;
        }
        throw LocalFileSystem.unexpected(outcome);
    }

    private Outcome propose(Command command) throws IOException {
        Outcome outcome = log.propose(Envelope.system(config.clockNanos().getAsLong(), command));
        if (outcome instanceof Outcome.Refused refused) {
            throw LocalFileSystem.refusal(refused);
        }
        return outcome;
    }

    public LocalFileSystem fileSystem() {
        return fileSystem;
    }

    /** Executes a command of any session, once: what a mount that is not in this process sends. */
    public Outcome propose(Envelope envelope) throws IOException {
        return log.propose(envelope);
    }

    /** Bytes that files keep; what they share counts for each. */
    public long contentBytes() throws IOException {
        state.store().readLock().lock();
        try {
            return machine.meta().contentBytes();
        } finally {
            state.store().readLock().unlock();
        }
    }

    /** Objects that wait to be deleted, whether what freed them is durable or not. */
    public long garbageCount() throws IOException {
        state.store().readLock().lock();
        try {
            return machine.meta().garbageCount();
        } finally {
            state.store().readLock().unlock();
        }
    }

    /**
     * The oldest objects that may be deleted, up to {@code countMax}. Syncs the objects and the log: what a recovery may
     * yet cut off must not have freed anything.
     */
    public List<Garbage> garbage(int countMax) throws IOException {
        long durableIndex = log.barrier(config.objects());
        List<Garbage> garbage = new ArrayList<>();
        if (countMax <= 0) {
            throw Errno.EINVAL.because("garbage of %d objects", countMax);
        }
        state.store().readLock().lock();
        try {
            state.garbage().scan(Key.FIRST, new Key(durableIndex, -1), (key, row) -> {
                garbage.add(new Garbage(key.high(), key.low(), row.object(), row.freedNanos()));
                return garbage.size() < countMax;
            });
        } finally {
            state.store().readLock().unlock();
        }
        return garbage;
    }

    /** The objects of all garbage up to and including {@code last} are deleted. */
    public void garbageDone(Garbage last) throws IOException {
        Outcome _ = propose(new Command.GarbageDone(last.logIndex(), last.number()));
    }

    /** Shows every object that a file refers to or that waits to be deleted, as of now; some more than once. */
    public void forEachObject(Consumer<ObjectId> visitor) throws IOException {
        try (StateSnapshot snapshot = state.store().snapshot()) {
            snapshot.scan(state.chunks(), Key.FIRST, Key.LAST, (_, extents) -> {
                extents.forEach(extent -> visitor.accept(extent.object()));
                return true;
            });
            snapshot.scan(state.garbage(), Key.FIRST, Key.LAST, (_, row) -> {
                visitor.accept(row.object());
                return true;
            });
        }
    }

    /** What contradicts the invariants, as of now, while the namespace goes on. */
    public List<Problem> check(ObjectPresence objects) throws IOException {
        try (StateSnapshot snapshot = state.store().snapshot()) {
            return new NamespaceCheck(snapshot, state, objects, config.limits().hashBitCount()).run();
        }
    }

    /**
     * Mends what can be mended, while nobody else changes the namespace; what has no name any more goes to /lost+found.
     * Returns what is still wrong.
     */
    public List<Problem> repair(ObjectPresence objects) throws IOException {
        List<Problem> problems = check(objects);
        List<Problem> before = List.of();
        // What one round mends, the next may see: a directory without a broken entry has another link count.
        for (int round = 0; round < REPAIR_ROUNDS_MAX && !problems.equals(before); round++) {
            mendAll(problems);
            before = problems;
            problems = check(objects);
        }
        return problems;
    }

    private void mendAll(List<Problem> problems) throws IOException {
        List<Mend.Adopt> homeless = new ArrayList<>();
        for (Problem problem : problems) {
            if (problem.mend().isPresent()) {
                if (problem.mend().get() instanceof Mend.Adopt adopt) {
                    homeless.add(adopt);
                } else {
                    mend(problem.mend().get());
                }
            }
        }
        // Last, because a new directory needs a number that no inode has.
        if (!homeless.isEmpty()) {
            Inode home = lostAndFound();
            for (Mend.Adopt adopt : homeless) {
                mend(new Mend.Adopt(adopt.inode(), home, adopt.name()));
            }
        }
    }

    private Inode lostAndFound() throws IOException {
        Optional<Attributes> home = fileSystem.lookup(Inode.ROOT, NamespaceCheck.LOST_AND_FOUND);
        return home.isPresent()
                ? home.get().inode()
                : fileSystem
                        .make(Inode.ROOT, NamespaceCheck.LOST_AND_FOUND, NewNode.directory(0700, 0, 0))
                        .inode();
    }

    /** A mend that is refused leaves its problem as it is. */
    private void mend(Mend mend) throws IOException {
        Outcome outcome = log.propose(Envelope.system(config.clockNanos().getAsLong(), new Command.Repair(mend)));
        if (outcome instanceof Outcome.Refused refused) {
            logger.warn("{} was refused: {}", mend, refused.why());
        }
    }

    /** For tests, which damage them. */
    NamespaceState state() {
        return state;
    }

    /** Takes a checkpoint now. */
    public void checkpoint() throws IOException {
        checkpointer.checkpoint();
    }

    /** Lets go of the state without writing anything more, as the death of this process would. */
    void abandon() throws IOException {
        checkpointer.close();
        state.store().closeUnflushed();
    }

    /** Everything that returned before survives a power cut once this returns, and the next opening replays nothing. */
    @Override
    public void close() throws IOException {
        checkpointer.close();
        try {
            long _ = log.sync();
            state.store().close();
        } finally {
            log.close();
        }
    }
}
