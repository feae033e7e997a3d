package org.needlefs.client.vfs.read;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.ObjectId;

/**
 * Blocks of objects in native memory, shared by all files. Objects never change, so nothing is ever invalidated.
 *
 * <p>Small reads go through the cache; a read of at least {@value #BYPASS_BYTES} bytes, or of all that a block is known to
 * have, goes straight into the caller's buffer unless the block is cached: a copy saved, and a long scan evicts nothing. Each block is
 * loaded by one thread, others wait for it. Segmented LRU: a block read again after it was read through moves to a protected part of
 * three quarters. Bound: {@code sizeBytesMax}; with no evictable block a read goes straight to the store. Threading: any; the
 * lock is held for memory only, a block in use is pinned.
 */
public final class BlockCache {
    private static final int BYPASS_BYTES = 64 << 10;

    private final ObjectClient objects;
    private final int blockSizeBytes;
    private final ByteBuffer[] slots;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition loaded = lock.newCondition();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    @GuardedBy("lock")
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();

    @GuardedBy("lock")
    private int allocatedCount;

    @GuardedBy("lock")
    private final LinkedHashMap<BlockKey, Block> probation = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final LinkedHashMap<BlockKey, Block> protectedBlocks = new LinkedHashMap<>();

    private record BlockKey(ObjectId object, int index) {}

    /** Guarded by the cache's lock, but for the bytes of its slot. */
    private static final class Block {
        final BlockKey key;
        final int slot;
        int sizeBytes;
        int readUpTo;
        int pinCount = 1;
        boolean loading = true;

        Block(BlockKey key, int slot) {
            this.key = key;
            this.slot = slot;
        }
    }

    public BlockCache(ObjectClient objects, int blockSizeBytes, long sizeBytesMax) {
        this.objects = objects;
        this.blockSizeBytes = blockSizeBytes;
        this.slots = new ByteBuffer[(int) (sizeBytesMax / blockSizeBytes)];
    }

    public long sizeBytes() {
        lock.lock();
        try {
            return (long) (probation.size() + protectedBlocks.size()) * blockSizeBytes;
        } finally {
            lock.unlock();
        }
    }

    public long hitCount() {
        return hits.sum();
    }

    public long missCount() {
        return misses.sum();
    }

    /** Fills {@code into} from {@code objectOffset}; the object is known to have {@code knownEnd} bytes at least. */
    public void read(ObjectId object, int objectOffset, int knownEnd, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            int position = objectOffset + into.position();
            int index = position / blockSizeBytes;
            int from = position % blockSizeBytes;
            int to = Math.min(blockSizeBytes, from + into.remaining());
            BlockKey key = new BlockKey(object, index);
            Optional<Block> cached = find(key, from, to);
            if (cached.isPresent()) {
                hits.increment();
                copyAndUnpin(cached.get(), from, to, into);
                continue;
            }
            misses.increment();
            int blockSize = Math.min(blockSizeBytes, knownEnd - index * blockSizeBytes);
            boolean whole = from == 0 && to >= blockSize;
            if (into.remaining() >= BYPASS_BYTES || whole) {
                readStraight(object, objectOffset, into);
                continue;
            }
            Optional<Block> block = load(key, blockSize);
            if (block.isPresent()) {
                copyAndUnpin(block.get(), from, to, into);
            } else {
                readStraight(object, objectOffset, into);
            }
        }
    }

    /** Reads up to the next cached block, or all. */
    private void readStraight(ObjectId object, int objectOffset, ByteBuffer into) throws IOException {
        int position = objectOffset + into.position();
        int end = objectOffset + into.limit();
        int stop = Math.min(end, (position / blockSizeBytes + 1) * blockSizeBytes);
        while (stop < end && !contains(new BlockKey(object, stop / blockSizeBytes))) {
            stop = Math.min(end, stop + blockSizeBytes);
        }
        objects.read(object, position, into.slice(into.position(), stop - position));
        into.position(stop - objectOffset);
    }

    /** Loads what is missing of a stretch; a block that finds no room is left out. */
    void prefetch(ObjectId object, int from, int to, int knownEnd) throws IOException {
        for (int index = from / blockSizeBytes; index * blockSizeBytes < to; index++) {
            BlockKey key = new BlockKey(object, index);
            if (!contains(key)) {
                load(key, Math.min(blockSizeBytes, knownEnd - index * blockSizeBytes))
                        .ifPresent(this::unpin);
            }
        }
    }

    private boolean contains(BlockKey key) {
        lock.lock();
        try {
            return probation.containsKey(key) || protectedBlocks.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /** A cached block that has the bytes up to {@code to}, pinned; waits if it is just being loaded. */
    private Optional<Block> find(BlockKey key, int from, int to) {
        lock.lock();
        try {
            Optional<Block> found = lookup(key);
            while (found.isPresent() && found.get().loading) {
                loaded.awaitUninterruptibly();
                found = lookup(key);
            }
            if (found.isPresent() && found.get().sizeBytes >= to) {
                touch(found.get(), from, to);
                found.get().pinCount++;
                return found;
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Optional<Block> lookup(BlockKey key) {
        Block inProbation = probation.get(key);
        return Optional.ofNullable(inProbation != null ? inProbation : protectedBlocks.get(key));
    }

    /** Makes it the youngest; a block whose bytes are read a second time becomes protected. */
    @GuardedBy("lock")
    private void touch(Block block, int from, int to) {
        boolean again = from < block.readUpTo;
        block.readUpTo = Math.max(block.readUpTo, to);
        if (protectedBlocks.remove(block.key) != null) {
            protectedBlocks.put(block.key, block);
            return;
        }
        probation.remove(block.key);
        if (!again) {
            probation.put(block.key, block);
            return;
        }
        protectedBlocks.put(block.key, block);
        if (protectedBlocks.size() > slots.length / 4 * 3) {
            Block oldest = protectedBlocks.pollFirstEntry().getValue();
            probation.put(oldest.key, oldest);
        }
    }

    /** Loads a block and pins it; empty if there is no room or another thread was faster. */
    private Optional<Block> load(BlockKey key, int sizeBytes) throws IOException {
        Optional<Block> added = add(key);
        if (added.isEmpty()) {
            return added;
        }
        Block block = added.get();
        boolean ok = false;
        try {
            objects.read(key.object, (long) key.index * blockSizeBytes, slots[block.slot].slice(0, sizeBytes));
            ok = true;
            return added;
        } finally {
            ended(block, sizeBytes, ok);
        }
    }

    private Optional<Block> add(BlockKey key) {
        lock.lock();
        try {
            Optional<Block> there = lookup(key);
            if (there.isPresent() && (there.get().loading || there.get().pinCount > 0)) {
                return Optional.empty();
            }
            there.ifPresent(this::evict); // It holds too little of the block.
            Optional<Integer> slot = freeSlot();
            if (slot.isEmpty()) {
                return Optional.empty();
            }
            Block block = new Block(key, slot.get());
            probation.put(key, block);
            return Optional.of(block);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Optional<Integer> freeSlot() {
        if (freeSlots.isEmpty() && allocatedCount < slots.length) {
            slots[allocatedCount] = ByteBuffer.allocateDirect(blockSizeBytes);
            freeSlots.add(allocatedCount++);
        }
        if (freeSlots.isEmpty() && !evictFrom(probation)) {
            evictFrom(protectedBlocks);
        }
        return Optional.ofNullable(freeSlots.poll());
    }

    @GuardedBy("lock")
    private boolean evictFrom(Map<BlockKey, Block> part) {
        Iterator<Block> oldestFirst = part.values().iterator();
        while (oldestFirst.hasNext()) {
            Block block = oldestFirst.next();
            if (block.pinCount == 0) {
                oldestFirst.remove();
                freeSlots.add(block.slot);
                return true;
            }
        }
        return false;
    }

    @GuardedBy("lock")
    private void evict(Block block) {
        probation.remove(block.key);
        protectedBlocks.remove(block.key);
        freeSlots.add(block.slot);
    }

    private void ended(Block block, int sizeBytes, boolean ok) {
        lock.lock();
        try {
            block.loading = false;
            block.sizeBytes = sizeBytes;
            if (!ok) {
                evict(block);
            }
            loaded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void copyAndUnpin(Block block, int from, int to, ByteBuffer into) {
        into.put(into.position(), slots[block.slot], from, to - from);
        into.position(into.position() + to - from);
        unpin(block);
    }

    private void unpin(Block block) {
        lock.lock();
        try {
            block.pinCount--;
        } finally {
            lock.unlock();
        }
    }
}
