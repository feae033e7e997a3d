package org.needlefs.storage.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The two lives of a file: what the process sees, and what is on the medium with the changes that are on their way
 * there. Threading: confined to its disk's lock.
 */
final class SimulatedFile {
    private static final int SECTOR_BYTES = 512;

    private final SparseBytes durable;
    private final SparseBytes visible;
    /** Changes since the last sync. */
    private final List<Change> pending;
    /** Changes that a failed sync left behind: no later sync makes them durable, they may be by chance. */
    private final List<Change> lost;

    private sealed interface Change {
        record Write(long offsetBytes, byte[] bytes) implements Change {}

        record Resize(long sizeBytes) implements Change {}
    }

    /** How much of the pending changes a power cut lets through. */
    private enum Survival {
        NOTHING,
        EVERYTHING,
        THE_FIRST_AND_PART_OF_ONE,
        ANY_CHANGES,
        ANY_SECTORS
    }

    SimulatedFile() {
        this(new SparseBytes(), new SparseBytes(), new ArrayList<>(), new ArrayList<>());
    }

    private SimulatedFile(SparseBytes durable, SparseBytes visible, List<Change> pending, List<Change> lost) {
        this.durable = durable;
        this.visible = visible;
        this.pending = pending;
        this.lost = lost;
    }

    SparseBytes visible() {
        return visible;
    }

    void write(long offsetBytes, byte[] bytes) {
        visible.write(offsetBytes, bytes, 0, bytes.length);
        pending.add(new Change.Write(offsetBytes, bytes));
    }

    void resize(long sizeBytes) {
        visible.resize(sizeBytes);
        pending.add(new Change.Resize(sizeBytes));
    }

    void sync() {
        pending.forEach(change -> apply(change, durable));
        pending.clear();
    }

    void failSync() {
        lost.addAll(pending);
        pending.clear();
    }

    void flip(long offsetBytes, int bit) {
        visible.flip(offsetBytes, bit);
        durable.flip(offsetBytes, bit);
    }

    /** The process dies, the kernel lives. */
    SimulatedFile afterKill() {
        return new SimulatedFile(durable.copy(), visible.copy(), new ArrayList<>(pending), new ArrayList<>(lost));
    }

    SimulatedFile afterPowerCut(SplittableRandom random) {
        SparseBytes content = durable.copy();
        for (Change change : lost) {
            if (random.nextBoolean()) {
                apply(change, content);
            }
        }
        Survival[] all = Survival.values();
        applySome(all[random.nextInt(all.length)], content, random);
        return new SimulatedFile(content, content.copy(), new ArrayList<>(), new ArrayList<>());
    }

    private void applySome(Survival survival, SparseBytes content, SplittableRandom random) {
        switch (survival) {
            case NOTHING -> {}
            case EVERYTHING -> pending.forEach(change -> apply(change, content));
            case THE_FIRST_AND_PART_OF_ONE -> {
                int count = random.nextInt(pending.size() + 1);
                pending.subList(0, count).forEach(change -> apply(change, content));
                if (count < pending.size() && pending.get(count) instanceof Change.Write write) {
                    content.write(write.offsetBytes(), write.bytes(), 0, random.nextInt(write.bytes().length + 1));
                }
            }
            case ANY_CHANGES -> {
                for (Change change : pending) {
                    if (random.nextBoolean()) {
                        apply(change, content);
                    }
                }
            }
            case ANY_SECTORS -> pending.forEach(change -> applySectors(change, content, random));
        }
    }

    private static void apply(Change change, SparseBytes content) {
        switch (change) {
            case Change.Write write -> content.write(write.offsetBytes(), write.bytes(), 0, write.bytes().length);
            case Change.Resize resize -> content.resize(resize.sizeBytes());
        }
    }

    private static void applySectors(Change change, SparseBytes content, SplittableRandom random) {
        switch (change) {
            case Change.Resize resize -> {
                if (random.nextBoolean()) {
                    content.resize(resize.sizeBytes());
                }
            }
            case Change.Write write -> {
                int at = 0;
                while (at < write.bytes().length) {
                    int room = SECTOR_BYTES - (int) ((write.offsetBytes() + at) % SECTOR_BYTES);
                    int count = Math.min(room, write.bytes().length - at);
                    if (random.nextBoolean()) {
                        content.write(write.offsetBytes() + at, write.bytes(), at, count);
                    }
                    at += count;
                }
            }
        }
    }
}
