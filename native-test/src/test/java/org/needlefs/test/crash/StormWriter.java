package org.needlefs.test.crash;

import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_RDONLY;
import static org.needlefs.test.system.Flags.O_TRUNC;
import static org.needlefs.test.system.Flags.O_WRONLY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.needlefs.test.crash.StormFile.Change;
import org.needlefs.test.crash.StormFile.Content;
import org.needlefs.test.system.LinuxCalls;

/**
 * Makes, extends, replaces and removes files in a directory of its own until a call fails because the daemon is dead,
 * and keeps book, outside of the mount, of what each call that returned has promised: {@code fsync} and {@code close}
 * the data, {@code rename} and {@code unlink} the names. Threading: {@link #run} on one thread, the rest after it ended.
 */
final class StormWriter implements Runnable {
    private static final int NAMES = 30;
    private static final int SIZE_MAX = 300_000;
    private static final int PIECE_MAX = 70_000;
    private static final String TEMPORARY = "temporary";

    /** Replaced after each kill: what it had open was in the mount that died. */
    private LinuxCalls calls;

    private final SplittableRandom random;
    private final Map<String, StormFile> files = new TreeMap<>();
    private CountDownLatch done = new CountDownLatch(0);
    private long contentNumber;

    /** Thrown by the first call that fails. */
    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;

        Died(String message) {
            super(message);
        }
    }

    StormWriter(LinuxCalls calls, SplittableRandom random) {
        this.calls = calls;
        this.random = random;
        this.contentNumber = random.nextLong();
        for (int name = 0; name < NAMES; name++) {
            files.put("f" + name, new StormFile());
        }
    }

    /** The same directory in the mount that came after the kill. */
    void moveTo(LinuxCalls remounted) {
        this.calls = remounted;
    }

    /** The next run counts its finished changes down here. */
    StormWriter counting(CountDownLatch latch) {
        this.done = latch;
        return this;
    }

    @Override
    public void run() {
        try {
            while (true) {
                step();
                done.countDown();
            }
        } catch (Died expected) {
            // The daemon is gone: what was under way stays recorded as under way.
        }
    }

    private void step() {
        String name = "f" + random.nextInt(NAMES);
        StormFile file = files.computeIfAbsent(name, ignored -> new StormFile());
        if (file.stable().isEmpty()) {
            grow(name, file, new Content(contentNumber++, random.nextInt(SIZE_MAX)));
            return;
        }
        Content now = file.stable().get();
        switch (random.nextInt(4)) {
            case 0 -> grow(name, file, new Content(now.number(), now.size() + random.nextInt(SIZE_MAX / 4)));
            case 1 -> remove(name, file);
            default -> replace(name, file, new Content(contentNumber++, random.nextInt(SIZE_MAX)));
        }
    }

    private void grow(String name, StormFile file, Content target) {
        file.begin(new Change.Growing(target));
        write(name, O_CREAT | O_WRONLY, target, file.stable().map(Content::size).orElse(0));
        file.done(Optional.of(target));
    }

    private void replace(String name, StormFile file, Content target) {
        write(TEMPORARY, O_CREAT | O_WRONLY | O_TRUNC, target, 0);
        file.begin(new Change.Replacing(target));
        must("rename", calls.rename(TEMPORARY, name));
        file.done(Optional.of(target));
        maybeSyncDirectory();
    }

    private void remove(String name, StormFile file) {
        file.begin(new Change.Removing());
        must("unlink", calls.unlink(name));
        file.done(Optional.empty());
        maybeSyncDirectory();
    }

    /** Returns once fsync or close has promised the data. */
    private void write(String name, int flags, Content content, int from) {
        byte[] bytes = content.bytes();
        int file = (int) must("open", calls.open(name, flags, 0644));
        boolean closed = false;
        try {
            for (int offset = from; offset < bytes.length; ) {
                int end = Math.min(bytes.length, offset + 1 + random.nextInt(PIECE_MAX));
                long written = must("pwrite", calls.pwrite(file, Arrays.copyOfRange(bytes, offset, end), offset));
                offset += Math.toIntExact(written);
            }
            if (random.nextBoolean()) {
                must("fsync", calls.fsync(file));
            }
            closed = true;
            must("close", calls.close(file));
        } finally {
            if (!closed) {
                long ignored = calls.close(file);
            }
        }
    }

    private void maybeSyncDirectory() {
        if (random.nextInt(3) == 0) {
            int directory = (int) must("open", calls.open(".", O_RDONLY, 0));
            long synced = calls.fsync(directory);
            long ignored = calls.close(directory);
            must("fsync", synced);
        }
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    private static long must(String call, long result) {
        if (result < 0) {
            throw new Died(call + " answered " + result);
        }
        return result;
    }

    /** After a remount: everything that is not as promised. What was found is what the next run begins with. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (String name : calls.list(".").get()) {
            if (!name.equals(TEMPORARY) && !files.containsKey(name)) {
                complaints.add(name + ": nobody made it");
            }
        }
        files.forEach((name, file) -> {
            Optional<byte[]> found = content(name);
            file.complaint(found).ifPresent(text -> complaints.add(calls.absolute(name) + ": " + text));
        });
        return complaints;
    }

    /** Begins anew with an empty directory, so that a crash can't hide behind an older one. */
    void clear() {
        for (String name : calls.list(".").get()) {
            LinuxCalls.done("unlink", calls.unlink(name));
        }
        files.values().forEach(file -> file.done(Optional.empty()));
    }

    private Optional<byte[]> content(String name) {
        long file = calls.open(name, O_RDONLY, 0);
        if (file == -org.needlefs.test.system.ErrorNumber.ENOENT) {
            return Optional.empty();
        }
        LinuxCalls.done("open " + name, file);
        byte[] bytes = calls.bytes((int) file, 0, 64 * SIZE_MAX);
        LinuxCalls.done("close", calls.close((int) file));
        return Optional.of(bytes);
    }
}
