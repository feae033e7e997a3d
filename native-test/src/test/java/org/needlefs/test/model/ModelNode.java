package org.needlefs.test.model;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.needlefs.test.system.FileNames;
import org.needlefs.test.system.Flags;

/** An inode of the model, changed by {@link ModelFileSystem} alone. Threading: one thread. */
final class ModelNode {
    final int type;
    final SortedMap<String, ModelNode> entries = new TreeMap<>();
    final SortedMap<String, String> xattrs = new TreeMap<>();
    final ModelContent content = new ModelContent();
    final String target;

    int permissions;
    int uid;
    int gid;
    int links;
    /** Empty in the root, in what is no directory, and once the directory is removed. */
    Optional<ModelNode> parent = Optional.empty();
    /** Known from the moment it is set until the content or the entries change. */
    OptionalLong modifyNanos = OptionalLong.empty();

    ModelNode(int type, int permissions, String target) {
        this.type = type;
        this.permissions = permissions;
        this.target = target;
        this.links = type == Flags.S_IFDIR ? 2 : 1;
    }

    boolean isDirectory() {
        return type == Flags.S_IFDIR;
    }

    boolean isFile() {
        return type == Flags.S_IFREG;
    }

    boolean isSymlink() {
        return type == Flags.S_IFLNK;
    }

    /** This directory or one that it is in. */
    boolean isBelow(ModelNode directory) {
        return this == directory
                || parent.map(above -> above.isBelow(directory)).orElse(false);
    }

    void put(String name, ModelNode node) {
        entries.put(name, node);
        changed();
        if (node.isDirectory()) {
            links++;
            node.parent = Optional.of(this);
        }
    }

    /** Takes an entry that must be there out of this directory; its link count stays. */
    ModelNode take(String name) {
        ModelNode node = Optional.ofNullable(entries.remove(name)).orElseThrow();
        changed();
        if (node.isDirectory()) {
            links--;
            node.parent = Optional.empty();
        }
        return node;
    }

    void remove(String name) {
        ModelNode node = take(name);
        node.links -= node.isDirectory() ? 2 : 1;
    }

    void changed() {
        modifyNanos = OptionalLong.empty();
    }

    Outcome status() {
        long size = isFile() ? content.size() : isSymlink() ? FileNames.bytes(target).length : 0;
        return new Outcome(0, describe(type | permissions, links, uid, gid, size), modifyNanos);
    }

    static String describe(int mode, long links, int uid, int gid, long size) {
        return "mode %o links %d owner %d:%d size %d".formatted(mode, links, uid, gid, size);
    }

    /** All that a walk from here sees. */
    void collect(String path, SortedMap<String, Outcome> all) {
        Outcome status = status();
        String more = isSymlink() ? target : String.join("/", entries.keySet());
        if (isFile()) {
            more = ModelFileSystem.content(content.read(0, Math.toIntExact(content.size())))
                    .toString();
        }
        all.put(path, new Outcome(0, status.detail() + " " + more + " " + xattrs, status.modifyNanos()));
        entries.forEach((name, child) -> child.collect(path.isEmpty() ? name : path + "/" + name, all));
    }
}
