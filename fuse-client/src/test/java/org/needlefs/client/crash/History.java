package org.needlefs.client.crash;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the filesystem was after each change, and which of these moments is the oldest that a crash may go back to.
 * Threading: any.
 */
final class History {
    @GuardedBy("this")
    private final List<Tree> trees = new ArrayList<>();

    /** Index of the last moment that was synced. */
    @GuardedBy("this")
    private int synced;

    /** What a change leads to that was begun and did not return. */
    @GuardedBy("this")
    private Optional<Tree> begun = Optional.empty();

    History(Tree first) {
        trees.add(first);
    }

    synchronized void add(Tree tree) {
        trees.add(tree);
    }

    /** A change was begun and the machine died. Only the first counts: nothing reaches a dead machine. */
    synchronized void begin(Tree tree) {
        begun = begun.isEmpty() ? Optional.of(tree) : begun;
    }

    synchronized int lastIndex() {
        return trees.size() - 1;
    }

    synchronized Tree last() {
        return trees.getLast();
    }

    synchronized void syncedUpTo(int index) {
        synced = Math.max(synced, index);
    }

    /** The oldest moment that may be found after a power cut. */
    synchronized Tree synced() {
        return trees.get(synced);
    }

    /** Whether {@code found} is some moment since the last sync. */
    synchronized boolean allowsAfterPowerCut(Tree found) {
        return trees.subList(synced, trees.size()).stream().anyMatch(found::looksLike)
                || begun.filter(found::looksLike).isPresent();
    }

    /** Whether nothing that returned is missing in {@code found}. */
    synchronized boolean allowsAfterKill(Tree found) {
        return found.looksLike(last()) || begun.filter(found::looksLike).isPresent();
    }

    /** Whether some file or directory was just that at some moment. */
    synchronized boolean everHeld(Tree.Node node) {
        return trees.stream().flatMap(tree -> tree.nodes().values().stream()).anyMatch(node::looksLike);
    }

    /** For people: how {@code found} differs from what it may be. */
    synchronized String explain(Tree found) {
        StringBuilder lines = new StringBuilder();
        for (int index = 0; index < trees.size(); index++) {
            if (found.looksLike(trees.get(index))) {
                lines.append("it is moment ").append(index).append('\n');
            }
        }
        lines.append("moments ").append(synced).append(" to ").append(trees.size() - 1);
        lines.append(" are allowed; found against the first of them:\n")
                .append(found.difference(synced()))
                .append("found against the last of them:\n")
                .append(found.difference(last()));
        begun.ifPresent(
                tree -> lines.append("found against the change under way:\n").append(found.difference(tree)));
        return lines.toString();
    }
}
