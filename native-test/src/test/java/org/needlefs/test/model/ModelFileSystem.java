package org.needlefs.test.model;

import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.needlefs.test.model.ModelPaths.Place;

/**
 * A POSIX filesystem in memory, as root sees it on Linux with umask 022: the oracle of the model test. Validated by
 * running the same steps on the local disk. Threading: one thread.
 */
final class ModelFileSystem implements Machine {
    private static final int UMASK = 022;

    private final ModelNode root = new ModelNode(S_IFDIR, 0755, "");
    private final ModelPaths paths = new ModelPaths(root);
    private final Map<Integer, OpenNode> slots = new TreeMap<>();

    private interface Attempt {
        Outcome run() throws Refusal;
    }

    private interface OnOpen {
        Outcome run(OpenNode open) throws Refusal;
    }

    @Override
    public Outcome open(int slot, String path, int flags, int mode) {
        return attempt(() -> {
            slots.remove(slot);
            boolean create = (flags & O_CREAT) != 0;
            boolean exclusive = create && (flags & O_EXCL) != 0;
            Place place = paths.place(path, !exclusive && (flags & O_NOFOLLOW) == 0);
            if (place.node().isEmpty() && !create) {
                throw new Refusal(ENOENT);
            }
            refuse(place.node().isPresent() && exclusive, EEXIST);
            ModelNode node = place.node().isPresent()
                    ? place.node().get()
                    : add(place, new ModelNode(S_IFREG, mode & ~UMASK, ""));
            boolean truncate = (flags & O_TRUNC) != 0;
            boolean writes = (flags & OpenNode.ACCESS_MODE) != O_RDONLY || truncate;
            refuse(node.isSymlink(), ELOOP);
            refuse(node.isDirectory() && (create || writes), EISDIR);
            refuse(!node.isFile() && (flags & O_DIRECTORY) != 0 && !node.isDirectory(), ENOTDIR);
            refuse(node.isFile() && (flags & O_DIRECTORY) != 0, ENOTDIR);
            refuse(!node.isFile() && !node.isDirectory(), ENXIO);
            if (truncate && place.node().isPresent()) {
                node.content.truncate(0);
                node.changed();
            }
            slots.put(slot, new OpenNode(node, flags));
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome close(int slot) {
        return onOpen(slot, ignored -> {
            slots.remove(slot);
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome read(int slot, long offset, int size) {
        return onOpen(slot, open -> {
            refuse(!open.canRead(), EBADF);
            refuse(open.node().isDirectory(), EISDIR);
            return content(open.node().content.read(offset, size));
        });
    }

    static Outcome content(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Outcome.of(bytes.length, "crc %08x".formatted(crc.getValue()));
    }

    @Override
    public Outcome write(int slot, long offset, byte[] bytes) {
        return onOpen(slot, open -> {
            refuse(!open.canWrite(), EBADF);
            open.node().content.write(open.appends() ? open.node().content.size() : offset, bytes);
            open.node().changed();
            return Outcome.of(bytes.length);
        });
    }

    @Override
    public Outcome truncateOpen(int slot, long size) {
        return onOpen(slot, open -> {
            refuse(size < 0 || !open.canWrite(), EINVAL);
            open.node().content.truncate(size);
            open.node().changed();
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome allocate(int slot, int mode, long offset, long size) {
        return onOpen(slot, open -> {
            refuse(offset < 0 || size <= 0, EINVAL);
            refuse(!open.canWrite(), EBADF);
            ModelContent content = open.node().content;
            if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0) {
                content.zero(offset, size);
            }
            if ((mode & FALLOC_FL_KEEP_SIZE) == 0) {
                content.extend(offset + size);
            }
            open.node().changed();
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome copy(int source, long sourceOffset, int target, long targetOffset, long size) {
        return onOpen(
                source,
                from -> onOpen(target, to -> {
                    refuse(from.node().isDirectory() || to.node().isDirectory(), EISDIR);
                    refuse(!from.canRead() || !to.canWrite() || to.appends(), EBADF);
                    long count = Math.clamp(from.node().content.size() - sourceOffset, 0, size);
                    boolean overlap = targetOffset + count > sourceOffset && targetOffset < sourceOffset + count;
                    refuse(from.node() == to.node() && overlap, EINVAL);
                    if (count > 0) {
                        to.node()
                                .content
                                .write(targetOffset, from.node().content.read(sourceOffset, (int) count));
                        to.node().changed();
                    }
                    return Outcome.of(count);
                }));
    }

    @Override
    public Outcome sync(int slot) {
        return onOpen(slot, ignored -> Outcome.DONE);
    }

    @Override
    public Outcome statusOpen(int slot) {
        return onOpen(slot, open -> open.node().status());
    }

    @Override
    public Outcome truncate(String path, long size) {
        return attempt(() -> {
            refuse(size < 0, EINVAL);
            ModelNode node = paths.followed(path);
            refuse(node.isDirectory(), EISDIR);
            refuse(!node.isFile(), EINVAL);
            node.content.truncate(size);
            node.changed();
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome status(String path) {
        return attempt(() -> paths.place(path, false).existing().status());
    }

    @Override
    public Outcome list(String path) {
        return attempt(() -> {
            ModelNode node = paths.followed(path);
            refuse(!node.isDirectory(), ENOTDIR);
            return Outcome.of(node.entries.size(), String.join("/", node.entries.keySet()));
        });
    }

    @Override
    public Outcome makeDirectory(String path, int mode) {
        return attempt(() -> {
            var ignored = add(newPlace(path), new ModelNode(S_IFDIR, mode & ~UMASK & 01777, ""));
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome makeNode(String path, int mode) {
        return attempt(() -> {
            var ignored = add(newPlace(path), new ModelNode(mode & 0170000, mode & ~UMASK & 07777, ""));
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome symlink(String target, String path) {
        return attempt(() -> {
            var ignored = add(newPlace(path), new ModelNode(S_IFLNK, 0777, target));
            return Outcome.DONE;
        });
    }

    private Place newPlace(String path) throws Refusal {
        Place place = paths.place(path, false);
        refuse(place.node().isPresent(), EEXIST);
        return place;
    }

    /** A new node under a new name; a set-group-id directory hands its group down. */
    private static ModelNode add(Place place, ModelNode node) {
        ModelNode directory = place.directory();
        if ((directory.permissions & 02000) != 0) {
            node.gid = directory.gid;
            node.permissions |= node.isDirectory() ? 02000 : 0;
        }
        directory.put(place.name(), node);
        return node;
    }

    @Override
    public Outcome removeDirectory(String path) {
        return attempt(() -> {
            Place place = paths.place(path, false);
            ModelNode node = place.existing();
            refuse(!node.isDirectory(), ENOTDIR);
            refuse(!node.entries.isEmpty(), ENOTEMPTY);
            place.directory().remove(place.name());
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome unlink(String path) {
        return attempt(() -> {
            Place place = paths.place(path, false);
            refuse(place.existing().isDirectory(), EISDIR);
            place.directory().remove(place.name());
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome link(String from, String to) {
        return attempt(() -> {
            ModelNode node = paths.place(from, false).existing();
            Place place = newPlace(to);
            refuse(node.isDirectory(), EPERM);
            place.directory().put(place.name(), node);
            node.links++;
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome readSymlink(String path) {
        return attempt(() -> {
            ModelNode node = paths.place(path, false).existing();
            refuse(!node.isSymlink(), EINVAL);
            return Outcome.of(0, node.target);
        });
    }

    /** In the order of checks of Linux's do_renameat2 and vfs_rename. */
    @Override
    public Outcome rename(String from, String to, int flags) {
        return attempt(() -> {
            boolean exchange = flags == RENAME_EXCHANGE;
            Place oldParent = paths.parentOf(from);
            Place newParent = paths.parentOf(to);
            ModelNode node = entryOf(oldParent).orElseThrow(() -> new Refusal(ENOENT));
            Optional<ModelNode> replaced = entryOf(newParent);
            refuse(flags == RENAME_NOREPLACE && replaced.isPresent(), EEXIST);
            refuse(exchange && replaced.isEmpty(), ENOENT);
            refuse(newParent.directory().isBelow(node), EINVAL);
            refuse(
                    replaced.isPresent() && oldParent.directory().isBelow(replaced.get()),
                    exchange ? EINVAL : ENOTEMPTY);
            if (replaced.isPresent() && replaced.get() == node) {
                return Outcome.DONE;
            }
            if (replaced.isPresent() && !exchange) {
                refuse(node.isDirectory() && !replaced.get().isDirectory(), ENOTDIR);
                refuse(!node.isDirectory() && replaced.get().isDirectory(), EISDIR);
                refuse(!replaced.get().entries.isEmpty(), ENOTEMPTY);
                newParent.directory().remove(newParent.name());
            }
            move(oldParent, newParent, exchange);
            return Outcome.DONE;
        });
    }

    private static void move(Place from, Place to, boolean exchange) {
        ModelNode node = from.directory().take(from.name());
        if (exchange) {
            from.directory().put(from.name(), to.directory().take(to.name()));
        }
        to.directory().put(to.name(), node);
    }

    private static Optional<ModelNode> entryOf(Place parent) throws Refusal {
        return ModelPaths.entry(parent.directory(), parent.name());
    }

    @Override
    public Outcome changeMode(String path, int mode) {
        return attempt(() -> {
            paths.followed(path).permissions = mode;
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome changeOwner(String path, int uid, int gid) {
        return attempt(() -> {
            ModelNode node = paths.followed(path);
            node.uid = uid < 0 ? node.uid : uid;
            node.gid = gid < 0 ? node.gid : gid;
            if (!node.isDirectory()) {
                boolean groupRuns = (node.permissions & 02010) == 02010;
                node.permissions &= groupRuns ? ~06000 : ~04000;
            }
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome setModifyTime(String path, long nanos) {
        return attempt(() -> {
            paths.place(path, false).existing().modifyNanos = OptionalLong.of(nanos);
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome setXattr(String path, String name, String value, int flags) {
        return attempt(() -> {
            ModelNode node = paths.place(path, false).existing();
            refuse(!node.isFile() && !node.isDirectory(), EPERM);
            refuse(flags == XATTR_CREATE && node.xattrs.containsKey(name), EEXIST);
            refuse(flags == XATTR_REPLACE && !node.xattrs.containsKey(name), ENODATA);
            node.xattrs.put(name, value);
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome xattr(String path, String name) {
        return attempt(() -> {
            ModelNode node = paths.place(path, false).existing();
            refuse(!node.xattrs.containsKey(name), ENODATA);
            return Outcome.of(0, node.xattrs.getOrDefault(name, ""));
        });
    }

    @Override
    public Outcome removeXattr(String path, String name) {
        return attempt(() -> {
            ModelNode node = paths.place(path, false).existing();
            refuse(!node.isFile() && !node.isDirectory(), EPERM);
            refuse(node.xattrs.remove(name) == null, ENODATA);
            return Outcome.DONE;
        });
    }

    @Override
    public Outcome xattrs(String path) {
        return attempt(() -> Outcome.of(
                0, String.join(" ", paths.place(path, false).existing().xattrs.keySet())));
    }

    @Override
    public SortedMap<String, Outcome> tree() {
        SortedMap<String, Outcome> all = new TreeMap<>();
        root.collect("", all);
        return all;
    }

    private Outcome onOpen(int slot, OnOpen step) {
        Optional<OpenNode> open = Optional.ofNullable(slots.get(slot));
        return open.isEmpty() ? Outcome.NO_FILE : attempt(() -> step.run(open.get()));
    }

    private static Outcome attempt(Attempt step) {
        try {
            return step.run();
        } catch (Refusal refusal) {
            return refusal.outcome();
        }
    }

    private static void refuse(boolean condition, long errno) throws Refusal {
        if (condition) {
            throw new Refusal(errno);
        }
    }
}
