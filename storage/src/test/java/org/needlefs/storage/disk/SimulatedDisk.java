package org.needlefs.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.needlefs.storage.Check;
import org.needlefs.storage.OutOfSpaceException;

/**
 * A disk in memory that can lose its power. Deterministic: one seed, one fate of everything that was not synced, as
 * long as one thread at a time uses it.
 *
 * <pre>
 * SimulatedDisk disk = new SimulatedDisk(seed);
 * disk.cutPowerAfter(17);                        // the 18th change, sync or metadata operation throws, and all later ones
 * try (SegmentLog log = SegmentLog.open(disk, config)) { … } catch (PowerCutException expected) { … }
 * SegmentLog recovered = SegmentLog.open(disk.powerCut(), config);
 * </pre>
 *
 * Threading: any.
 */
public final class SimulatedDisk implements Disk {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long SPACE_BYTES = 1L << 40;

    private final SplittableRandom random;
    private final SimulatedDirectory directory;
    private final SimulatedPower power;
    private long syncCount;
    private long failingSync = NEVER;
    private long spaceBytes = SPACE_BYTES;
    private boolean locked;

    public SimulatedDisk(long seed) {
        this(seed, new SimulatedPower());
    }

    /** A disk of a machine with several: all lose their power at once. */
    public SimulatedDisk(long seed, SimulatedPower power) {
        this(new SplittableRandom(seed), new SimulatedDirectory(), power);
    }

    private SimulatedDisk(SplittableRandom random, SimulatedDirectory directory, SimulatedPower power) {
        this.random = random;
        this.directory = directory;
        this.power = power;
    }

    /** Turns this disk off and returns what the next boot finds: any of what was not synced lost, torn or kept. */
    public SimulatedDisk powerCut() {
        return powerCut(new SimulatedPower());
    }

    /** Turns the machine of this disk off; the next one has {@code next} as its power. */
    public synchronized SimulatedDisk powerCut(SimulatedPower next) {
        power.turnOff();
        return new SimulatedDisk(random.split(), directory.afterPowerCut(random), next);
    }

    /** The process dies: everything written is still there, and still not durable. */
    public SimulatedDisk kill() {
        return kill(new SimulatedPower());
    }

    /** The process of this disk's machine dies; the next one has {@code next} as its power. */
    public synchronized SimulatedDisk kill(SimulatedPower next) {
        power.turnOff();
        return new SimulatedDisk(random.split(), directory.afterKill(), next);
    }

    /** Cuts the power in the middle of the operation after the next {@code operations}: 0 means in the very next one. */
    public void cutPowerAfter(long operations) {
        power.cutAfter(operations);
    }

    /** Fails the next sync but {@code syncs}; what it should have made durable never will be by a later one. */
    public synchronized void failSyncAfter(long syncs) {
        failingSync = syncCount + syncs;
    }

    /** From now on all files together may have this size. */
    public synchronized void limitSpace(long totalBytes) {
        spaceBytes = totalBytes;
    }

    public synchronized void unlimitSpace() {
        spaceBytes = SPACE_BYTES;
    }

    /** Flips a bit on the medium and in every cache. */
    public synchronized void flipBit(String name, long offsetBytes, int bit) {
        directory.find(name).orElseThrow().flip(offsetBytes, bit);
    }

    /** Overwrites bytes on the medium and in every cache. */
    public synchronized void overwrite(String name, long offsetBytes, byte[] bytes) {
        SimulatedFile file = directory.find(name).orElseThrow();
        file.write(offsetBytes, bytes);
        file.sync();
    }

    public synchronized long sizeBytes(String name) {
        return directory.find(name).orElseThrow().visible().sizeBytes();
    }

    /** Writes, resizes, syncs and changes of names so far: the places where the power can be cut. */
    public long operationCount() {
        return power.operationCount();
    }

    /** Syncs of files so far. */
    public synchronized long syncCount() {
        return syncCount;
    }

    @Override
    public String description() {
        return "simulated disk";
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        throwIfOff();
        if (directory.find(name).isPresent()) {
            throw new FileAlreadyExistsException(name);
        }
        SimulatedFile file = new SimulatedFile();
        directory.create(name, file);
        finishOperation();
        return new Handle(name, file);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        throwIfOff();
        return new Handle(name, existing(name));
    }

    @Override
    public synchronized List<String> list() throws IOException {
        throwIfOff();
        return directory.names();
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        throwIfOff();
        directory.rename(from, to, existing(from));
        finishOperation();
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        throwIfOff();
        directory.delete(name, existing(name));
        finishOperation();
    }

    @Override
    public synchronized void syncDirectory() throws IOException {
        throwIfOff();
        finishOperation();
        directory.sync();
    }

    @Override
    public synchronized Closeable lock() throws IOException {
        throwIfOff();
        if (locked) {
            throw new IOException(description() + " is in use");
        }
        locked = true;
        return this::unlock;
    }

    private synchronized void unlock() {
        locked = false;
    }

    @Override
    public synchronized long totalBytes() {
        return spaceBytes;
    }

    @Override
    public synchronized long usableBytes() {
        long usedBytes = directory.files().stream()
                .mapToLong(file -> file.visible().sizeBytes())
                .sum();
        return Math.max(0, spaceBytes - usedBytes);
    }

    private SimulatedFile existing(String name) throws NoSuchFileException {
        return directory.find(name).orElseThrow(() -> new NoSuchFileException(name));
    }

    private void throwIfOff() throws PowerCutException {
        power.throwIfOff();
    }

    /** An operation cut short has begun, so that its effect may survive in part; its caller learns nothing. */
    private void finishOperation() throws PowerCutException {
        power.finishOperation();
    }

    private final class Handle implements DiskFile {
        private final String name;
        private final SimulatedFile file;
        private boolean closed;

        private Handle(String name, SimulatedFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long sizeBytes() throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                return file.visible().sizeBytes();
            }
        }

        @Override
        public int read(long offsetBytes, ByteBuffer into) throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                return file.visible().read(offsetBytes, into);
            }
        }

        @Override
        public void write(long offsetBytes, ByteBuffer... from) throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                int totalBytes = 0;
                for (ByteBuffer buffer : from) {
                    totalBytes += buffer.remaining();
                }
                ByteBuffer all = ByteBuffer.allocate(totalBytes);
                for (ByteBuffer buffer : from) {
                    all.put(buffer);
                }
                long roomBytes = file.visible().sizeBytes() + usableBytes() - offsetBytes;
                if (roomBytes < totalBytes) {
                    // As a kernel does: what fits is written.
                    file.write(offsetBytes, Arrays.copyOf(all.array(), (int) Math.max(0, roomBytes)));
                    finishOperation();
                    throw new OutOfSpaceException("no space left for " + name);
                }
                file.write(offsetBytes, all.array());
                finishOperation();
            }
        }

        @Override
        public void preallocate(long sizeBytes) throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                long presentBytes = file.visible().sizeBytes();
                if (presentBytes >= sizeBytes) {
                    return;
                }
                if (sizeBytes - presentBytes > usableBytes()) {
                    throw new OutOfSpaceException("no space left for " + name);
                }
                file.resize(sizeBytes);
                finishOperation();
            }
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                Check.that(sizeBytes <= file.visible().sizeBytes(), "cannot cut %s to %d bytes", name, sizeBytes);
                file.resize(sizeBytes);
                finishOperation();
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (SimulatedDisk.this) {
                throwIfUnusable();
                finishOperation();
                if (syncCount++ >= failingSync) {
                    failingSync = NEVER;
                    file.failSync();
                    throw new IOException("simulated failure of a sync of " + name);
                }
                file.sync();
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }

        private void throwIfUnusable() throws IOException {
            throwIfOff();
            if (closed) {
                throw new IOException(name + " is closed");
            }
        }
    }
}
