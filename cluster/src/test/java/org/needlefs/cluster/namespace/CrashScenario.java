package org.needlefs.cluster.namespace;

import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;
import org.needlefs.storage.ObjectId;

/**
 * The same calls for the same seed, each of them one command at most; remembers how far it came and what was synced.
 * Objects are put before the command that names them and synced only with everything else.
 */
final class CrashScenario {
    static final int STEP_COUNT = 30;
    private static final int NAME_COUNT = 5;
    private static final int EXTENT_BYTES = 10_000;

    private final Random random;
    private final CrashObjects objects;
    private final List<String> states = new ArrayList<>();
    private int startedCount;
    private int syncedCount;

    CrashScenario(long seed, CrashObjects objects) {
        this.random = new Random(seed);
        this.objects = objects;
    }

    void run(Namespace namespace, boolean recordStates) throws IOException {
        if (recordStates) {
            states.add(describe(namespace.fileSystem()));
        }
        while (startedCount < STEP_COUNT) {
            startedCount++;
            try {
                step(namespace);
            } catch (FsException refusal) {
                if (refusal.errno() == Errno.EIO) {
                    throw refusal;
                }
            }
            if (recordStates) {
                states.add(describe(namespace.fileSystem()));
            }
        }
    }

    /** What was visible after each step, the first before any. */
    List<String> states() {
        return states;
    }

    /** Steps that began; the last may have been cut short. */
    int startedCount() {
        return startedCount;
    }

    /** Steps that a power cut must not undo. */
    int syncedCount() {
        return syncedCount;
    }

    private void step(Namespace namespace) throws IOException {
        LocalFileSystem fileSystem = namespace.fileSystem();
        Name called = name("name-" + random.nextInt(NAME_COUNT));
        Name other = name("name-" + random.nextInt(NAME_COUNT));
        int size = 1 + random.nextInt(3000);
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                Attributes _ = fileSystem.make(Inode.ROOT, called, NewNode.file(0600, 0, 0));
            }
            case 2 -> {
                Attributes _ = fileSystem.make(Inode.ROOT, called, NewNode.directory(0700, 0, 0));
            }
            case 3 -> {
                Optional<Attributes> _ =
                        fileSystem.rename(Inode.ROOT, called, Inode.ROOT, other, RenameMode.REPLACE, false);
            }
            case 4 -> {
                Attributes _ = fileSystem.unlink(Inode.ROOT, called, random.nextBoolean());
            }
            case 5 -> {
                Attributes _ =
                        fileSystem.write(inode(fileSystem, called), new Write.Whole(new byte[size]), size, 1, false);
            }
            case 6, 7 -> {
                ObjectId object = new ObjectId(fileSystem.session(), startedCount);
                objects.put(object);
                Extent extent = new Extent(0, EXTENT_BYTES, object, 0);
                Write write = new Write.Extents(List.of(new Chunk(random.nextInt(2), List.of(extent))));
                Attributes _ = fileSystem.write(inode(fileSystem, called), write, 200_000, 1, false);
            }
            case 8 -> {
                Attributes _ =
                        fileSystem.setAttributes(inode(fileSystem, called), AttributeChange.NONE.withSizeBytes(size));
            }
            case 9 -> {
                objects.sync();
                fileSystem.sync();
                syncedCount = startedCount;
            }
            case 10 -> {
                namespace.checkpoint();
                syncedCount = startedCount;
            }
            default -> collect(namespace);
        }
    }

    private static Inode inode(LocalFileSystem fileSystem, Name called) throws IOException {
        return fileSystem.lookup(Inode.ROOT, called).map(Attributes::inode).orElse(Inode.ROOT);
    }

    private void collect(Namespace namespace) throws IOException {
        List<Garbage> garbage = namespace.garbage(100);
        syncedCount = startedCount - 1;
        garbage.forEach(piece -> objects.delete(piece.object()));
        if (!garbage.isEmpty()) {
            namespace.garbageDone(garbage.getLast());
        }
    }

    /** All that a user can see, but times. */
    static String describe(LocalFileSystem fileSystem) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Entry entry : fileSystem.list(Inode.ROOT, 0, 1000)) {
            Attributes attributes = entry.attributes();
            text.append(entry.name())
                    .append(' ')
                    .append(attributes.inode())
                    .append(' ')
                    .append(attributes.kind())
                    .append(' ')
                    .append(attributes.sizeBytes())
                    .append(' ')
                    .append(attributes.version());
            if (attributes.isFile()) {
                text.append(
                        switch (fileSystem.content(attributes.inode(), 0, 100)) {
                            case Content.Inline(byte[] bytes) -> " inline " + bytes.length;
                            case Content.Chunks(List<Chunk> chunks) -> " chunks " + chunks;
                        });
            }
            text.append('\n');
        }
        return text.toString();
    }
}
