package org.needlefs.cluster.namespace.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.storage.CorruptDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of a state machine and the index of the last command that they contain. A cache of the log, never the
 * truth: it survives the death of the process, and is made anew from checkpoint and log after anything worse.
 *
 * <p>Guarantee: what is in Xodus is always the state after exactly the commands up to {@link #storedIndex}.
 * Bound: two overlays of {@link StoreLimits#overlayBytes}; {@link #awaitRoom} waits while both are full.
 * Threading: tables are read under {@link #readLock} and changed under {@link #writeLock}; neither is held while
 * an overlay is written. A thread of its own writes overlays that are full or old.
 */
public final class StateStore implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(StateStore.class);
    private static final int IDLE_TRANSACTIONS_MAX = 16;
    private static final Key POSITION = Key.FIRST;

    private final Environment environment;
    private final StoreLimits limits;
    private final Store positionStore;
    private final List<Table<?>> tables = new ArrayList<>();
    private final ReentrantReadWriteLock stateLock = new ReentrantReadWriteLock();
    private final ArrayBlockingQueue<Transaction> idle = new ArrayBlockingQueue<>(IDLE_TRANSACTIONS_MAX);

    /** Held by the one that flushes. */
    private final ReentrantLock flushLock = new ReentrantLock();

    private final ReentrantLock roomLock = new ReentrantLock();
    private final Condition roomOrWork = roomLock.newCondition();
    private final Thread flusher;

    /** Bytes in the overlay that takes changes. Under the write lock. */
    private long countedBytes;

    /** The same after the last command, for those without a lock. Changed under the write lock. */
    private volatile long overlayBytes;

    /** Changed under the write lock. */
    private volatile long appliedIndex;

    private volatile long storedIndex;
    private volatile boolean stopping;
    private volatile boolean failed;
    private Runnable beforeSwap = () -> {};

    private StateStore(Environment environment, StoreLimits limits) throws CorruptDataException {
        this.environment = environment;
        this.limits = limits;
        this.positionStore = openStore("position");
        this.storedIndex = readPosition();
        this.appliedIndex = storedIndex;
        this.flusher = Thread.ofPlatform().daemon().name("namespace-flush").unstarted(this::flushAgainAndAgain);
    }

    /** @throws CorruptDataException Xodus cannot read its own files */
    public static StateStore open(Path directory, StoreLimits limits) throws CorruptDataException {
        try {
            Environment environment = Environments.newInstance(directory.toFile(), config(limits));
            return new StateStore(environment, limits);
        } catch (ExodusException e) {
            throw new CorruptDataException("opening the state in " + directory, e);
        }
    }

    private static EnvironmentConfig config(StoreLimits limits) {
        return new EnvironmentConfig()
                .setMemoryUsage(limits.pageCacheBytes())
                .setLogCacheShared(false)
                .setLogDurableWrite(false)
                .setLogSyncPeriod(TimeUnit.DAYS.toMillis(10_000))
                .setLogAllowRamDisk(true)
                .setLogAllowRemote(true)
                .setLogAllowRemovable(true)
                .setEnvCloseForcedly(true)
                .setEnvGatherStatistics(false)
                .setManagementEnabled(false);
    }

    private Store openStore(String name) {
        return environment.computeInExclusiveTransaction(
                transaction -> environment.openStore(name, StoreConfig.WITHOUT_DUPLICATES, transaction));
    }

    /** Opens a table; all of them before {@link #start}. */
    public <V> Table<V> table(String name, RowCodec<V> codec, long cacheBytes) throws CorruptDataException {
        try {
            Table<V> table = new Table<>(name, codec, this, openStore(name), cacheBytes);
            tables.add(table);
            return table;
        } catch (ExodusException e) {
            throw new CorruptDataException("opening the table " + name, e);
        }
    }

    /** For an empty store, before anything else. */
    public BulkLoad load() {
        return new BulkLoad(this, List.copyOf(tables));
    }

    void loaded(long index) {
        appliedIndex = index;
        write(index);
        storedIndex = index;
    }

    /** Begins to write overlays. {@code beforeSwap} runs under the write lock whenever an overlay is complete. */
    public void start(Runnable beforeSwap) {
        this.beforeSwap = beforeSwap;
        flusher.start();
    }

    public Lock readLock() {
        return stateLock.readLock();
    }

    public Lock writeLock() {
        return stateLock.writeLock();
    }

    /** The last command that the tables contain, overlays included. */
    public long appliedIndex() {
        return appliedIndex;
    }

    /** The last command that is in Xodus. */
    public long storedIndex() {
        return storedIndex;
    }

    /** Under the write lock: all changes of the command with this index are made. */
    public void applied(long index) {
        appliedIndex = index;
        overlayBytes = countedBytes;
        if (overlayBytes >= limits.overlayBytes()) {
            wake();
        }
    }

    /**
     * Waits, without any lock, until there is room for the changes of another command.
     *
     * @throws IOException the state cannot be written any more
     */
    public void awaitRoom() throws IOException {
        if (failed) {
            throw new IOException("the namespace's state cannot be written");
        }
        if (overlayBytes < limits.overlayBytes()) {
            return;
        }
        roomLock.lock();
        try {
            while (overlayBytes >= limits.overlayBytes() && !failed && !stopping) {
                roomOrWork.signalAll();
                roomOrWork.awaitUninterruptibly();
            }
        } finally {
            roomLock.unlock();
        }
    }

    /** Writes all changes made before this call to Xodus. @throws IOException it cannot; nothing can from now on */
    public void flush() throws IOException {
        flushLock.lock();
        try {
            flushLocked();
        } finally {
            flushLock.unlock();
        }
    }

    /** The state as it is now, to be read at leisure while it goes on changing; to be closed soon. */
    public StateSnapshot snapshot() throws IOException {
        flushLock.lock();
        try {
            flushLocked();
            return new StateSnapshot(environment.beginReadonlyTransaction(), storedIndex, List.copyOf(tables));
        } catch (ExodusException e) {
            throw new CorruptDataException("reading the namespace's state", e);
        } finally {
            flushLock.unlock();
        }
    }

    /** What the tables hold may be wrong: nothing is written any more, what waits for room goes on and fails. */
    public void abandon() {
        failed = true;
        wake();
    }

    private void flushLocked() throws IOException {
        if (failed) {
            throw new IOException("the namespace's state cannot be written");
        }
        long index = swap();
        try {
            write(index);
        } catch (ExodusException e) {
            failed = true;
            wake();
            throw new CorruptDataException("writing the namespace's state", e);
        }
        stateLock.writeLock().lock();
        try {
            tables.forEach(Table::retire);
            // No reader is inside, so the transactions that don't see what was written are all idle.
            for (Transaction old = idle.poll(); old != null; old = idle.poll()) {
                old.abort();
            }
        } finally {
            stateLock.writeLock().unlock();
        }
        storedIndex = index;
        wake();
    }

    private long swap() {
        stateLock.writeLock().lock();
        try {
            beforeSwap.run();
            tables.forEach(Table::swap);
            countedBytes = 0;
            overlayBytes = 0;
            return appliedIndex;
        } finally {
            stateLock.writeLock().unlock();
            wake();
        }
    }

    private void write(long index) {
        if (index == storedIndex) {
            return;
        }
        Transaction transaction = environment.beginExclusiveTransaction();
        boolean committed = false;
        try {
            ByteWriter scratch = new ByteWriter(1024);
            tables.forEach(table -> table.write(transaction, scratch));
            positionStore.put(
                    transaction,
                    RowFormat.key(POSITION),
                    RowFormat.value(POSITION, index, PositionCodec.INSTANCE, scratch));
            committed = transaction.commit();
        } finally {
            if (!committed) {
                transaction.abort();
            }
        }
    }

    private long readPosition() throws CorruptDataException {
        Transaction transaction = environment.beginReadonlyTransaction();
        try {
            var bytes = positionStore.get(transaction, RowFormat.key(POSITION));
            return bytes == null ? 0 : RowFormat.value(POSITION, bytes, PositionCodec.INSTANCE, "position");
        } finally {
            transaction.abort();
        }
    }

    private void flushAgainAndAgain() {
        while (!stopping && !failed) {
            try {
                awaitWork();
                if (!stopping && appliedIndex != storedIndex) {
                    flush();
                }
            } catch (IOException e) {
                log.error("the namespace stops", e);
            }
        }
    }

    private void awaitWork() {
        roomLock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(limits.flushMillis());
            while (nanos > 0 && overlayBytes < limits.overlayBytes() && !stopping) {
                nanos = roomOrWork.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        } finally {
            roomLock.unlock();
        }
    }

    private void wake() {
        roomLock.lock();
        try {
            roomOrWork.signalAll();
        } finally {
            roomLock.unlock();
        }
    }

    void overlayGrew(int moreBytes) {
        countedBytes += moreBytes;
    }

    /** A transaction that sees all that is not in an overlay. Under either lock. */
    Transaction borrow() throws CorruptDataException {
        Transaction transaction = idle.poll();
        try {
            return transaction != null ? transaction : environment.beginReadonlyTransaction();
        } catch (ExodusException e) {
            throw new CorruptDataException("reading the namespace's state", e);
        }
    }

    /** Under the same lock as {@link #borrow}. */
    void giveBack(Transaction transaction) {
        if (!idle.offer(transaction)) {
            transaction.abort();
        }
    }

    Environment environment() {
        return environment;
    }

    /** Writes nothing more and lets go of the files: what is only in memory comes from the log again. */
    public void closeUnflushed() throws IOException {
        stopping = true;
        wake();
        try {
            if (flusher.isAlive()) {
                flusher.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Transaction old = idle.poll(); old != null; old = idle.poll()) {
            old.abort();
        }
        try {
            environment.close();
        } catch (ExodusException e) {
            throw new CorruptDataException("closing the namespace's state", e);
        }
    }

    /** Writes all changes, makes them survive a power cut, and closes. */
    @Override
    public void close() throws IOException {
        try {
            flush();
            ((EnvironmentImpl) environment).flushAndSync();
        } finally {
            closeUnflushed();
        }
    }
}
