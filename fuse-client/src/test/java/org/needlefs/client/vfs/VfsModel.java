package org.needlefs.client.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;

/** Does one random operation after the other on a vfs and on byte arrays, and compares. */
final class VfsModel {
    private static final int NAME_COUNT = 4;
    private static final int HANDLE_COUNT_MAX = 6;
    private static final int SIZE_MAX = 400_000;

    private final Random random;
    private final Faults faults;
    private final Map<String, Content> names = new TreeMap<>();
    private final List<Handle> handles = new ArrayList<>();
    /** Replaced by {@link #use}. */
    private Optional<Vfs> used = Optional.empty();

    private boolean faulty;
    private String last = "nothing";

    /** Makes the stores below fail for a while. */
    interface Faults {
        Faults NONE = new Faults() {
            @Override
            public void begin(Random random) {}

            @Override
            public void end() {}
        };

        void begin(Random random);

        void end();
    }

    private static final class Content {
        final Inode inode;
        byte[] bytes = {};

        Content(Inode inode) {
            this.inode = inode;
        }
    }

    private record Handle(long number, Content content, boolean append) {}

    VfsModel(long seed, Faults faults) {
        this.random = new Random(seed);
        this.faults = faults;
    }

    /** The vfs from now on; nothing may be open. */
    void use(Vfs vfs) {
        used = Optional.of(vfs);
    }

    private Vfs vfs() {
        return used.orElseThrow();
    }

    void step() throws IOException {
        if (faults != Faults.NONE && random.nextInt(40) == 0) {
            faulty = !faulty;
            if (faulty) {
                faults.begin(random);
            } else {
                faults.end();
            }
        }
        try {
            if (handles.isEmpty() || (handles.size() < HANDLE_COUNT_MAX && random.nextInt(10) == 0)) {
                open();
            } else {
                act(handles.get(random.nextInt(handles.size())));
            }
        } catch (AssertionError wrong) {
            throw new AssertionError("after " + last, wrong);
        }
    }

    private String name() {
        return "f" + random.nextInt(NAME_COUNT);
    }

    private void open() throws IOException {
        String name = name();
        last = "open " + name;
        Content content = names.get(name);
        boolean append = random.nextInt(5) == 0;
        int flags = 2 | (append ? 02000 : 0);
        if (content == null) {
            FileOperations.Created made = vfs().create(Inode.ROOT, Name.of(name), NewNode.file(0644, 0, 0), flags);
            content = new Content(made.attributes().inode());
            names.put(name, content);
            handles.add(new Handle(made.file().handle(), content, append));
            return;
        }
        boolean truncate = random.nextInt(4) == 0;
        handles.add(new Handle(
                vfs().open(content.inode, flags | (truncate ? 01000 : 0)).handle(), content, append));
        if (truncate) {
            content.bytes = new byte[0];
        }
    }

    private void act(Handle handle) throws IOException {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> write(handle);
            case 6, 7, 8, 9, 10 -> read(handle);
            case 11 -> truncate(handle);
            case 12 -> allocate(handle);
            case 13 -> seek(handle);
            case 14 -> flush(handle);
            case 15 -> sync(handle);
            case 16 -> close(handle);
            case 17 -> changeName();
            case 18 -> copy(handle);
            default -> attributes(handle);
        }
    }

    /** Mostly small and near what is there, at times long, at times far behind the end. */
    private int place(Content content) {
        return switch (random.nextInt(4)) {
            case 0 -> content.bytes.length;
            case 1 -> random.nextInt(SIZE_MAX / 2);
            case 2 -> random.nextInt(300);
            default -> content.bytes.length == 0 ? 0 : random.nextInt(content.bytes.length);
        };
    }

    private int size() {
        return switch (random.nextInt(5)) {
            case 0 -> 1 + random.nextInt(150_000);
            case 1 -> 4096;
            default -> 1 + random.nextInt(600);
        };
    }

    private void write(Handle handle) throws IOException {
        Content content = handle.content();
        int offset = Math.min(place(content), SIZE_MAX);
        byte[] bytes = new byte[size()];
        random.nextBytes(bytes);
        int place = handle.append() ? content.bytes.length : offset;
        if (place + bytes.length > 2 * SIZE_MAX) {
            return;
        }
        last = "write of " + bytes.length + " at " + place + " to inode " + content.inode;
        int taken = 0;
        try {
            taken = vfs().write(handle.number(), offset, ByteBuffer.wrap(bytes));
            assertThat(faulty || taken == bytes.length).isTrue();
        } catch (IOException refused) {
            assertInjected(refused);
        }
        if (taken > 0) {
            content.bytes = Arrays.copyOf(content.bytes, Math.max(content.bytes.length, place + taken));
            System.arraycopy(bytes, 0, content.bytes, place, taken);
        }
    }

    private void assertInjected(IOException error) {
        boolean told = String.valueOf(error.getMessage()).contains("injected")
                || (error instanceof FsException answer && answer.errno() == Errno.EIO);
        assertThat(faults != Faults.NONE && told).as("%s after %s", error, last).isTrue();
    }

    private void read(Handle handle) throws IOException {
        byte[] expected = handle.content().bytes;
        int offset = Math.max(0, place(handle.content()) - 10);
        int size = size();
        last = "read of " + size + " at " + offset + " of inode " + handle.content().inode + " after " + last;
        check(handle.number(), expected, offset, size);
    }

    private void check(long handle, byte[] expected, int offset, int size) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(size);
        int count = vfs().read(handle, offset, into);
        int wanted = Math.clamp((long) expected.length - offset, 0, size);
        assertThat(count).isEqualTo(wanted);
        assertThat(into.position()).isEqualTo(wanted);
        int wrong = Arrays.mismatch(
                Arrays.copyOf(into.array(), wanted),
                wanted == 0 ? new byte[0] : Arrays.copyOfRange(expected, offset, offset + wanted));
        assertThat(wrong)
                .as("first wrong byte of %d at %d, %s", wanted, offset, last)
                .isEqualTo(-1);
    }

    private void truncate(Handle handle) throws IOException {
        int size = place(handle.content());
        last = "truncate to " + size + " of inode " + handle.content().inode;
        try {
            vfs().setAttributes(handle.content().inode, AttributeChange.NONE.withSizeBytes(size));
        } catch (IOException refused) { // Moving content out of the inode takes an object.
            assertInjected(refused);
            return;
        }
        handle.content().bytes = Arrays.copyOf(handle.content().bytes, size);
    }

    private void allocate(Handle handle) throws IOException {
        Content content = handle.content();
        AllocateMode mode = List.of(AllocateMode.values()).get(random.nextInt(AllocateMode.values().length));
        int offset = place(content);
        int size = size();
        last = mode + " of " + size + " at " + offset + " of inode " + content.inode;
        try {
            vfs().allocate(handle.number(), mode, offset, size);
        } catch (IOException refused) {
            assertInjected(refused);
            return;
        }
        boolean grows = mode == AllocateMode.EXTEND || mode == AllocateMode.ZERO_RANGE;
        if (grows && offset + size > content.bytes.length) {
            content.bytes = Arrays.copyOf(content.bytes, offset + size);
        }
        boolean zeroes = mode != AllocateMode.EXTEND && mode != AllocateMode.KEEP_SIZE;
        if (zeroes && offset < content.bytes.length) {
            Arrays.fill(content.bytes, offset, Math.min(offset + size, content.bytes.length), (byte) 0);
        }
    }

    private void seek(Handle handle) throws IOException {
        byte[] bytes = handle.content().bytes;
        int offset = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        last = "seek from " + offset + " of inode " + handle.content().inode + " after " + last;
        long next;
        try {
            next = vfs().seek(handle.number(), offset, false);
        } catch (FsException none) {
            assertThat(none.errno()).isEqualTo(Errno.ENXIO);
            next = bytes.length;
        }
        for (int i = offset; i < next; i++) {
            assertThat(bytes[i]).as("a hole is zeros").isZero();
        }
        if (offset < bytes.length) {
            assertThat(vfs().seek(handle.number(), offset, true)).isBetween((long) offset, (long) bytes.length);
        }
    }

    private void flush(Handle handle) throws IOException {
        last = "flush of inode " + handle.content().inode;
        try {
            vfs().flush(handle.number());
        } catch (IOException error) {
            assertInjected(error);
        }
    }

    private void sync(Handle handle) throws IOException {
        last = "sync of inode " + handle.content().inode;
        try {
            vfs().sync(handle.number(), random.nextBoolean());
        } catch (IOException error) {
            assertInjected(error);
        }
    }

    private void close(Handle handle) throws IOException {
        last = "close of inode " + handle.content().inode;
        if (faulty) {
            faults.end(); // What is kept for another try would be given up with the last handle.
            faulty = false;
        }
        flush(handle);
        vfs().release(handle.number());
        handles.remove(handle);
    }

    private void changeName() throws IOException {
        String name = name();
        String other = name();
        last = "change of name " + name + " and " + other;
        if (faulty || !names.containsKey(name)) {
            return;
        }
        if (random.nextBoolean()) {
            vfs().unlink(Inode.ROOT, Name.of(name));
            names.remove(name);
        } else if (!name.equals(other)) {
            vfs().rename(Inode.ROOT, Name.of(name), Inode.ROOT, Name.of(other), RenameMode.REPLACE);
            names.put(other, names.remove(name));
        }
    }

    private void copy(Handle target) throws IOException {
        Handle source = handles.get(random.nextInt(handles.size()));
        if (target.append() || source.content() == target.content()) {
            return;
        }
        int from = place(source.content());
        int to = place(target.content());
        int size = size();
        last = "copy of " + size + " from " + from + " of inode " + source.content().inode + " to " + to + " of inode "
                + target.content().inode;
        long copied;
        try {
            copied = vfs().copyRange(source.number(), from, target.number(), to, size);
        } catch (IOException error) {
            assertInjected(error);
            return;
        }
        assertThat(faulty || copied == Math.clamp((long) source.content().bytes.length - from, 0, size))
                .isTrue();
        if (copied > 0) {
            byte[] bytes = Arrays.copyOfRange(source.content().bytes, from, from + (int) copied);
            Content content = target.content();
            content.bytes = Arrays.copyOf(content.bytes, Math.max(content.bytes.length, to + bytes.length));
            System.arraycopy(bytes, 0, content.bytes, to, bytes.length);
        }
    }

    private void attributes(Handle handle) throws IOException {
        last = "attributes of inode " + handle.content().inode + " after " + last;
        assertThat(vfs().attributes(handle.content().inode).sizeBytes())
                .as(last)
                .isEqualTo(handle.content().bytes.length);
    }

    void closeAll() throws IOException {
        while (!handles.isEmpty()) {
            close(handles.getFirst());
        }
    }

    /** Opens every file anew and compares all of it. */
    void checkAll() throws IOException {
        for (Map.Entry<String, Content> entry : names.entrySet()) {
            Content content = entry.getValue();
            assertThat(vfs().lookup(Inode.ROOT, Name.of(entry.getKey())).inode())
                    .isEqualTo(content.inode);
            long handle = vfs().open(content.inode, 0).handle();
            check(handle, content.bytes, 0, content.bytes.length + 10);
            vfs().release(handle);
        }
    }
}
