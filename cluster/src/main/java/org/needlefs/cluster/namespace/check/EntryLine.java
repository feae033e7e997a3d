package org.needlefs.cluster.namespace.check;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.namespace.state.EntryRow;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.store.Key;

/**
 * Walks the entries in the order of their keys and says which do not stand where their names are looked for: names with
 * one hash stand in line without a break, a gap has a row behind it, no name stands twice. Confined to one thread.
 */
final class EntryLine {
    private final NameHash hash;
    private final Set<Name> names = new HashSet<>();
    private Key last = Key.FIRST;
    private boolean lastIsGap;

    /** Where the present line, in which cookie follows on cookie, began. */
    private Key start = Key.FIRST;

    EntryLine(NameHash hash) {
        this.hash = hash;
    }

    /** The gap that the last row was, if the next one does not follow on it. */
    Optional<Key> uselessGap(Key next) {
        return lastIsGap && !follows(next) ? Optional.of(last) : Optional.empty();
    }

    private boolean follows(Key key) {
        return key.high() == last.high() && key.low() == last.low() + 1 && (key.low() & 0xFF) != 0;
    }

    /** Takes the next row. Returns what is wrong with its place, if anything is. */
    Optional<String> next(Key key, EntryRow row) {
        if (!follows(key)) {
            start = key;
            if (key.high() != last.high() || key.low() >>> 8 != last.low() >>> 8) {
                names.clear();
            }
        }
        last = key;
        lastIsGap = row instanceof EntryRow.Gap;
        if (!(row instanceof EntryRow.Named named)) {
            return Optional.empty();
        }
        long first = hash.firstCookie(named.name());
        if (key.low() >>> 8 != first >>> 8) {
            return Optional.of("stands where its name is not looked for");
        }
        if (start.low() != first) {
            return Optional.of("stands behind a break in its line");
        }
        return names.add(named.name()) ? Optional.empty() : Optional.of("stands there twice");
    }
}
