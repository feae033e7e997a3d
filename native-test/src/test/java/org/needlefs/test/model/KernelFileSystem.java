package org.needlefs.test.model;

import static org.needlefs.test.system.Flags.UTIME_OMIT;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.needlefs.test.system.Answer;
import org.needlefs.test.system.FileStatus;
import org.needlefs.test.system.LinuxCalls;

/** The same steps as system calls, on whatever filesystem {@link LinuxCalls} is on. Threading: one thread. */
final class KernelFileSystem implements Machine {
    private static final int CONTENT_SIZE_MAX = 1 << 25;

    private final LinuxCalls calls;
    private final Map<Integer, Integer> slots = new TreeMap<>();

    KernelFileSystem(LinuxCalls calls) {
        this.calls = calls;
    }

    @Override
    public Outcome open(int slot, String path, int flags, int mode) {
        var ignored = close(slot);
        long result = calls.open(path, flags, mode);
        if (result >= 0) {
            slots.put(slot, (int) result);
        }
        return Outcome.of(Math.min(0, result));
    }

    @Override
    public Outcome close(int slot) {
        Outcome outcome = onOpen(slot, file -> Outcome.of(calls.close(file)));
        slots.remove(slot);
        return outcome;
    }

    @Override
    public Outcome read(int slot, long offset, int size) {
        return onOpen(slot, file -> {
            byte[] bytes = new byte[size];
            long count = calls.pread(file, bytes, offset);
            return count < 0 ? Outcome.of(count) : ModelFileSystem.content(java.util.Arrays.copyOf(bytes, (int) count));
        });
    }

    @Override
    public Outcome write(int slot, long offset, byte[] bytes) {
        return onOpen(slot, file -> Outcome.of(calls.pwrite(file, bytes, offset)));
    }

    @Override
    public Outcome truncateOpen(int slot, long size) {
        return onOpen(slot, file -> Outcome.of(calls.ftruncate(file, size)));
    }

    @Override
    public Outcome allocate(int slot, int mode, long offset, long size) {
        return onOpen(slot, file -> Outcome.of(calls.fallocate(file, mode, offset, size)));
    }

    /** Up to the end that the source has now, again and again: one call may copy less than it is asked for. */
    @Override
    public Outcome copy(int source, long sourceOffset, int target, long targetOffset, long size) {
        return onOpen(
                source,
                from -> onOpen(target, to -> {
                    long there = Math.clamp(calls.status(from).size() - sourceOffset, 0, size);
                    long copied = 0;
                    long count;
                    do {
                        long rest = there == 0 ? size : there - copied;
                        count = calls.copyRange(from, sourceOffset + copied, to, targetOffset + copied, rest);
                        copied += Math.max(0, count);
                    } while (count > 0 && copied < there);
                    return Outcome.of(count < 0 ? count : copied);
                }));
    }

    @Override
    public Outcome sync(int slot) {
        return onOpen(slot, file -> Outcome.of(calls.fsync(file)));
    }

    @Override
    public Outcome statusOpen(int slot) {
        return onOpen(slot, file -> status(calls.status(file)));
    }

    @Override
    public Outcome truncate(String path, long size) {
        return Outcome.of(calls.truncate(path, size));
    }

    @Override
    public Outcome status(String path) {
        return status(calls.status(path));
    }

    private static Outcome status(FileStatus status) {
        if (status.error() != 0) {
            return Outcome.of(status.error());
        }
        // A directory's size is the filesystem's own business.
        long size = status.isDirectory() ? 0 : status.size();
        String detail = ModelNode.describe(status.mode(), status.links(), status.uid(), status.gid(), size);
        return new Outcome(0, detail, OptionalLong.of(status.modifyNanos()));
    }

    @Override
    public Outcome list(String path) {
        Answer<List<String>> names = calls.list(path);
        return names.value()
                .map(list -> Outcome.of(list.size(), joined(list, "/")))
                .orElse(Outcome.of(names.error()));
    }

    @Override
    public Outcome makeDirectory(String path, int mode) {
        return Outcome.of(calls.mkdir(path, mode));
    }

    @Override
    public Outcome makeNode(String path, int mode) {
        return Outcome.of(calls.mknod(path, mode, 0));
    }

    @Override
    public Outcome removeDirectory(String path) {
        return Outcome.of(calls.rmdir(path));
    }

    @Override
    public Outcome unlink(String path) {
        return Outcome.of(calls.unlink(path));
    }

    @Override
    public Outcome link(String from, String to) {
        return Outcome.of(calls.link(from, to));
    }

    @Override
    public Outcome symlink(String target, String path) {
        return Outcome.of(calls.symlink(target, path));
    }

    @Override
    public Outcome readSymlink(String path) {
        Answer<String> target = calls.readlink(path);
        return Outcome.of(target.error(), target.value().orElse(""));
    }

    @Override
    public Outcome rename(String from, String to, int flags) {
        return Outcome.of(flags == 0 ? calls.rename(from, to) : calls.rename(from, to, flags));
    }

    @Override
    public Outcome changeMode(String path, int mode) {
        return Outcome.of(calls.chmod(path, mode));
    }

    @Override
    public Outcome changeOwner(String path, int uid, int gid) {
        return Outcome.of(calls.chown(path, uid, gid));
    }

    @Override
    public Outcome setModifyTime(String path, long nanos) {
        long second = Math.floorDiv(nanos, 1_000_000_000L);
        return Outcome.of(calls.setTimes(path, 0, UTIME_OMIT, second, Math.floorMod(nanos, 1_000_000_000L)));
    }

    @Override
    public Outcome setXattr(String path, String name, String value, int flags) {
        return Outcome.of(calls.setXattr(path, name, value.getBytes(StandardCharsets.UTF_8), flags));
    }

    @Override
    public Outcome xattr(String path, String name) {
        Answer<byte[]> value = calls.xattr(path, name);
        return Outcome.of(
                value.error(),
                value.value()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .orElse(""));
    }

    @Override
    public Outcome removeXattr(String path, String name) {
        return Outcome.of(calls.removeXattr(path, name));
    }

    @Override
    public Outcome xattrs(String path) {
        Answer<List<String>> names = calls.xattrs(path);
        List<String> ours = names.value().orElse(List.of()).stream()
                .filter(name -> name.startsWith("user."))
                .toList();
        return Outcome.of(names.error(), joined(ours, " "));
    }

    @Override
    public SortedMap<String, Outcome> tree() {
        SortedMap<String, Outcome> all = new TreeMap<>();
        collect("", all);
        return all;
    }

    private void collect(String path, SortedMap<String, Outcome> all) {
        String here = path.isEmpty() ? "." : path;
        FileStatus status = calls.status(here);
        Outcome outcome = status(status);
        List<String> names = status.isDirectory() ? calls.list(here).get() : List.of();
        String more = status.isFile()
                ? wholeContent(here)
                : status.isSymlink() ? calls.readlink(here).get() : joined(names, "/");
        SortedMap<String, String> xattrs = new TreeMap<>();
        for (String name : calls.xattrs(here).get()) {
            if (name.startsWith("user.")) {
                xattrs.put(name, xattr(here, name).detail());
            }
        }
        all.put(
                path,
                new Outcome(outcome.result(), outcome.detail() + " " + more + " " + xattrs, outcome.modifyNanos()));
        names.forEach(name -> collect(path.isEmpty() ? name : path + "/" + name, all));
    }

    private String wholeContent(String path) {
        int file = calls.opened(path, 0, 0);
        try {
            return ModelFileSystem.content(calls.bytes(file, 0, CONTENT_SIZE_MAX))
                    .toString();
        } finally {
            LinuxCalls.done("close", calls.close(file));
        }
    }

    private static String joined(List<String> names, String separator) {
        List<String> sorted = new ArrayList<>(names);
        Collections.sort(sorted);
        return String.join(separator, sorted);
    }

    private Outcome onOpen(int slot, IntFunction<Outcome> step) {
        Optional<Integer> file = Optional.ofNullable(slots.get(slot));
        return file.isEmpty() ? Outcome.NO_FILE : step.apply(file.get());
    }
}
