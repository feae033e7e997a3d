package org.needlefs.storage.disk;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Names as the process sees them, and as they are on the medium. Threading: confined to its disk's lock. */
final class SimulatedDirectory {
    private final TreeMap<String, SimulatedFile> durable = new TreeMap<>();
    private final TreeMap<String, SimulatedFile> visible = new TreeMap<>();
    private final List<Change> pending = new ArrayList<>();

    /**
     * @param removed the name that goes, if any
     * @param added the name that now means the file, if any
     */
    private record Change(Optional<String> removed, Optional<String> added, SimulatedFile file) {
        void applyTo(Map<String, SimulatedFile> names) {
            removed.ifPresent(names::remove);
            added.ifPresent(name -> names.put(name, file));
        }
    }

    Optional<SimulatedFile> find(String name) {
        return Optional.ofNullable(visible.get(name));
    }

    List<String> names() {
        return List.copyOf(visible.keySet());
    }

    List<SimulatedFile> files() {
        return List.copyOf(visible.values());
    }

    void create(String name, SimulatedFile file) {
        change(new Change(Optional.empty(), Optional.of(name), file));
    }

    void rename(String from, String to, SimulatedFile file) {
        change(new Change(Optional.of(from), Optional.of(to), file));
    }

    void delete(String name, SimulatedFile file) {
        change(new Change(Optional.of(name), Optional.empty(), file));
    }

    private void change(Change change) {
        change.applyTo(visible);
        pending.add(change);
    }

    void sync() {
        pending.forEach(change -> change.applyTo(durable));
        pending.clear();
    }

    SimulatedDirectory afterKill() {
        SimulatedDirectory copy = new SimulatedDirectory();
        IdentityHashMap<SimulatedFile, SimulatedFile> copies = new IdentityHashMap<>();
        UnaryOperator<SimulatedFile> copied = file -> copies.computeIfAbsent(file, SimulatedFile::afterKill);
        durable.forEach((name, file) -> copy.durable.put(name, copied.apply(file)));
        visible.forEach((name, file) -> copy.visible.put(name, copied.apply(file)));
        pending.forEach(
                change -> copy.pending.add(new Change(change.removed(), change.added(), copied.apply(change.file()))));
        return copy;
    }

    /** Each pending change is lost or kept, whatever became of the others. */
    SimulatedDirectory afterPowerCut(SplittableRandom random) {
        TreeMap<String, SimulatedFile> names = new TreeMap<>(durable);
        for (Change change : pending) {
            if (random.nextBoolean()) {
                change.applyTo(names);
            }
        }
        SimulatedDirectory after = new SimulatedDirectory();
        IdentityHashMap<SimulatedFile, SimulatedFile> copies = new IdentityHashMap<>();
        names.forEach((name, file) -> {
            SimulatedFile copy = copies.computeIfAbsent(file, original -> original.afterPowerCut(random));
            after.durable.put(name, copy);
            after.visible.put(name, copy);
        });
        return after;
    }
}
