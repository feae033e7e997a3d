package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import java.util.List;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.namespace.StoredObjects;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.EnvelopeCodec;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.machine.NamespaceMachine;
import org.needlefs.cluster.namespace.store.StateStore;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.segment.SegmentLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster of one: a command is a record of the segment log, applied as soon as it is written.
 *
 * <p>Guarantee: a command that could not be written is refused and not applied. After a failed sync, or when the state
 * cannot be read, everything is refused with EIO until the namespace is opened again. Threading: any; one command at a
 * time, reads beside a sync.
 */
public final class LocalLog implements ConsensusLog {
    /** Type of the records in the segment log. */
    public static final byte COMMANDS = 1;

    /** No record is larger, so recovery needs no more memory. */
    public static final int RECORD_BYTES_MAX = 4 << 20;

    private static final Logger log = LoggerFactory.getLogger(LocalLog.class);

    private final SegmentLog segments;
    private final StateStore store;
    private final NamespaceMachine machine;
    private final LogSpace space;
    private volatile boolean stopped;

    /** The index of the newest barrier of this run; a caller that sees an older one only does its work again. */
    private volatile long lastBarrier;

    /** @param reserveBytes left free on the log's disk */
    public static LocalLog over(SegmentLog segments, Recovery.Recovered recovered, Disk disk, long reserveBytes) {
        return new LocalLog(segments, recovered.state().store(), recovered.machine(), new LogSpace(disk, reserveBytes));
    }

    private LocalLog(SegmentLog segments, StateStore store, NamespaceMachine machine, LogSpace space) {
        this.segments = segments;
        this.store = store;
        this.machine = machine;
        this.space = space;
    }

    @Override
    public Outcome propose(Envelope envelope) throws IOException {
        ByteWriter record = new ByteWriter(256);
        EnvelopeCodec.put(record, List.of(envelope));
        if (record.sizeBytes() > RECORD_BYTES_MAX) {
            return new Outcome.Refused(Errno.E2BIG, "a command of " + record.sizeBytes() + " bytes");
        }
        if (space.refuses(envelope.command())) {
            return new Outcome.Refused(Errno.ENOSPC, "the disk of the namespace is full");
        }
        refuseIfStopped();
        store.awaitRoom();
        store.writeLock().lock();
        try {
            refuseIfStopped();
            long index;
            try {
                index = segments.append(COMMANDS, record.lent()).sequence();
            } catch (OutOfSpaceException full) {
                return new Outcome.Refused(Errno.ENOSPC, "the disk of the namespace is full");
            } catch (IOException e) {
                log.error("a command could not be written to the namespace's log", e);
                return new Outcome.Refused(Errno.EIO, "the namespace's log cannot be written: " + e.getMessage());
            }
            return apply(index, envelope);
        } finally {
            store.writeLock().unlock();
        }
    }

    private Outcome apply(long index, Envelope envelope) throws IOException {
        try {
            Outcome outcome = machine.apply(index, envelope);
            store.applied(index);
            return outcome;
        } catch (IOException | RuntimeException | AssertionError e) {
            throw stop("a command could not be applied", e);
        }
    }

    private IOException stop(String what, Throwable cause) {
        if (!stopped) {
            stopped = true;
            store.abandon();
            log.error("the namespace stops: {}", what, cause);
        }
        return Errno.EIO.because("the namespace has stopped: %s", what);
    }

    @Override
    public long appliedIndex() {
        return store.appliedIndex();
    }

    @Override
    public long sync() throws IOException {
        refuseIfStopped();
        long index = segments.lastSequence();
        try {
            segments.sync(index);
            return index;
        } catch (IOException e) {
            throw stop("its log could not be synced", e);
        }
    }

    @Override
    public long barrier(StoredObjects objects) throws IOException {
        long index = appliedIndex();
        if (index > lastBarrier) {
            objects.sync();
            long _ = sync();
            mark(LogMarks.BARRIER, index);
            long _ = sync();
            lastBarrier = index;
        }
        return lastBarrier;
    }

    /** Appends a mark, which changes nothing in the state but its index. */
    private void mark(byte type, long index) throws IOException {
        store.awaitRoom();
        store.writeLock().lock();
        try {
            refuseIfStopped();
            store.applied(segments.append(type, LogMarks.body(index)).sequence());
        } catch (IOException | RuntimeException | AssertionError e) {
            throw stop("a mark could not be written", e);
        } finally {
            store.writeLock().unlock();
        }
    }

    @Override
    public void refuseIfStopped() throws IOException {
        if (stopped) {
            throw Errno.EIO.because("the namespace has stopped");
        }
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        segments.close();
    }
}
