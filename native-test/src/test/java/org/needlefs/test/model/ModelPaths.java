package org.needlefs.test.model;

import static org.needlefs.test.system.ErrorNumber.ELOOP;
import static org.needlefs.test.system.ErrorNumber.ENAMETOOLONG;
import static org.needlefs.test.system.ErrorNumber.ENOENT;
import static org.needlefs.test.system.ErrorNumber.ENOTDIR;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.needlefs.test.system.FileNames;

/** Walks paths as path_resolution(7) says. */
record ModelPaths(ModelNode root) {
    private static final int NAME_MAX = 255;
    private static final int SYMLINKS_MAX = 40;

    /** Where a path ends; there need not be a node. */
    record Place(ModelNode directory, String name, Optional<ModelNode> node) {
        ModelNode existing() throws Refusal {
            return node.orElseThrow(() -> new Refusal(ENOENT));
        }
    }

    Place place(String path, boolean followLast) throws Refusal {
        Deque<String> rest = new ArrayDeque<>(components(path));
        ModelNode directory = root;
        int symlinks = 0;
        while (true) {
            String name = rest.pop();
            if (!directory.isDirectory()) {
                throw new Refusal(ENOTDIR);
            }
            Optional<ModelNode> node = entry(directory, name);
            boolean last = rest.isEmpty();
            if (node.isPresent() && node.get().isSymlink() && (!last || followLast)) {
                symlinks++;
                if (symlinks > SYMLINKS_MAX) {
                    throw new Refusal(ELOOP);
                }
                components(node.get().target).reversed().forEach(rest::push);
                continue;
            }
            if (last) {
                return new Place(directory, name, node);
            }
            directory = node.orElseThrow(() -> new Refusal(ENOENT));
        }
    }

    ModelNode followed(String path) throws Refusal {
        return path.equals(".") ? root : place(path, true).existing();
    }

    /** Where a path ends, but for its last name nothing is looked up: an overlong one is found out later. */
    Place parentOf(String path) throws Refusal {
        List<String> components = components(path);
        String name = components.getLast();
        if (components.size() == 1) {
            return new Place(root, name, Optional.empty());
        }
        ModelNode directory = followed(String.join("/", components.subList(0, components.size() - 1)));
        if (!directory.isDirectory()) {
            throw new Refusal(ENOTDIR);
        }
        return new Place(directory, name, Optional.empty());
    }

    static Optional<ModelNode> entry(ModelNode directory, String name) throws Refusal {
        if (FileNames.bytes(name).length > NAME_MAX) {
            throw new Refusal(ENAMETOOLONG);
        }
        return Optional.ofNullable(directory.entries.get(name));
    }

    private static List<String> components(String path) {
        return Arrays.asList(path.split("/", -1));
    }
}
