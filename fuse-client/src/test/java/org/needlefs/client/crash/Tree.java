package org.needlefs.client.crash;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;

/** A whole filesystem at one moment: what is at each path and what it holds. Immutable. The root's path is empty. */
final class Tree {
    static final Tree EMPTY = new Tree(new TreeMap<>(Map.of("", Node.directory(Inode.ROOT.value()))));

    private final NavigableMap<String, Node> nodes;

    /** @param inode 0 if not known yet; it is no part of what a user sees */
    record Node(boolean isDirectory, long inode, ByteBuffer content) {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        static Node directory(long inode) {
            return new Node(true, inode, NOTHING);
        }

        static Node file(long inode, byte[] content) {
            return new Node(false, inode, ByteBuffer.wrap(content).asReadOnlyBuffer());
        }

        byte[] bytes() {
            byte[] bytes = new byte[content.remaining()];
            content.duplicate().get(bytes);
            return bytes;
        }

        boolean looksLike(Node other) {
            return isDirectory == other.isDirectory && content.equals(other.content);
        }

        @Override
        public String toString() {
            return isDirectory ? "directory" : "file of " + content.remaining() + " bytes, " + content.hashCode();
        }
    }

    Tree(Map<String, Node> nodes) {
        this.nodes = Collections.unmodifiableNavigableMap(new TreeMap<>(nodes));
    }

    NavigableMap<String, Node> nodes() {
        return nodes;
    }

    Optional<Node> at(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    /** A path of the inode; empty if no name leads to it. */
    Optional<String> path(Inode inode) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().inode() == inode.value())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    String path(Inode parent, Name name) {
        return path(parent).orElse("/unknown") + "/" + name;
    }

    Tree with(String path, Node node) {
        TreeMap<String, Node> changed = new TreeMap<>(nodes);
        changed.put(path, node);
        return new Tree(changed);
    }

    Tree without(String path) {
        TreeMap<String, Node> changed = new TreeMap<>(nodes);
        changed.remove(path);
        return new Tree(changed);
    }

    /** Renames a file or a directory with all below it. */
    Tree moved(String from, String to) {
        if (nodes.containsKey(to) && at(from).equals(at(to))) {
            return this; // Two names of one file: rename(2) does nothing.
        }
        TreeMap<String, Node> changed = new TreeMap<>();
        nodes.forEach((path, node) -> {
            boolean moves = path.equals(from) || path.startsWith(from + "/");
            if (moves) {
                changed.put(to + path.substring(from.length()), node);
            } else if (!path.equals(to)) {
                changed.put(path, node);
            }
        });
        return new Tree(changed);
    }

    /** Changes the content of a file under all its names. */
    Tree changed(Inode inode, UnaryOperator<byte[]> change) {
        TreeMap<String, Node> changed = new TreeMap<>(nodes);
        changed.replaceAll((path, node) ->
                node.inode() == inode.value() ? Node.file(node.inode(), change.apply(node.bytes())) : node);
        return new Tree(changed);
    }

    boolean looksLike(Tree other) {
        return difference(other).isEmpty();
    }

    /** Where this tree and another differ, for people. */
    String difference(Tree other) {
        TreeSet<String> paths = new TreeSet<>(nodes.keySet());
        paths.addAll(other.nodes.keySet());
        StringBuilder lines = new StringBuilder();
        for (String path : paths) {
            Optional<Node> here = at(path);
            Optional<Node> there = other.at(path);
            if (here.isEmpty() || there.isEmpty() || !here.get().looksLike(there.get())) {
                lines.append(path)
                        .append(": ")
                        .append(describe(here))
                        .append(" against ")
                        .append(describe(there));
                if (here.isPresent() && there.isPresent()) {
                    lines.append(", first different byte ")
                            .append(Arrays.mismatch(
                                    here.get().bytes(), there.get().bytes()));
                }
                lines.append('\n');
            }
        }
        return lines.toString();
    }

    private static String describe(Optional<Node> node) {
        return node.map(Node::toString).orElse("nothing");
    }
}
