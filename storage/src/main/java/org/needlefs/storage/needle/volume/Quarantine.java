package org.needlefs.storage.needle.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;

/**
 * Objects whose bytes on this disk were found to be wrong: kept for examination, not served. Survives restarts in the
 * file {@code quarantine}; a needle of the same id that is put later is not affected, for an entry names the record.
 *
 * <pre>
 *  offset size
 *       0    8 "NEEDLQUA"
 *       8    4 format version, 1
 *      12    4 number of entries
 *      16  24n object id (16), sequence of the record (8)
 *  16+24n    4 CRC32C of all before
 * </pre>
 *
 * Bound: 100,000 entries; more are refused, and scrub says so. Threading: any.
 */
final class Quarantine {
    static final int ENTRIES_MAX = 100_000;

    private static final String FILE_NAME = "quarantine";
    private static final String UNFINISHED_NAME = "quarantine.new";
    private static final long MAGIC = 0x4e4545444c515541L;
    private static final int VERSION = 1;
    private static final int HEADER_SIZE_BYTES = 16;
    private static final int ENTRY_SIZE_BYTES = ObjectId.SIZE_BYTES + Long.BYTES;

    private final Disk disk;

    @GuardedBy("this")
    private final Set<Entry> entries;

    /** What readers look at: replaced as a whole, empty nearly always. */
    private final AtomicReference<Set<Entry>> seen;

    /** @param sequence of the record that is bad */
    record Entry(ObjectId id, long sequence) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byId = id.compareTo(other.id);
            return byId != 0 ? byId : Long.compare(sequence, other.sequence);
        }
    }

    private Quarantine(Disk disk, Set<Entry> entries) {
        this.disk = disk;
        this.entries = entries;
        this.seen = new AtomicReference<>(new TreeSet<>(entries));
    }

    static Quarantine open(Disk disk) throws IOException {
        List<String> names = disk.list();
        if (names.contains(UNFINISHED_NAME)) {
            disk.delete(UNFINISHED_NAME);
        }
        return new Quarantine(disk, names.contains(FILE_NAME) ? read(disk) : new TreeSet<>());
    }

    private static Set<Entry> read(Disk disk) throws IOException {
        try (DiskFile file = disk.open(FILE_NAME)) {
            int sizeBytesMax = HEADER_SIZE_BYTES + ENTRIES_MAX * ENTRY_SIZE_BYTES + Integer.BYTES;
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.sizeBytes(), sizeBytesMax));
            int unused = file.read(0, bytes);
            bytes.flip();
            return parse(bytes, disk.description() + "/" + FILE_NAME);
        }
    }

    private static Set<Entry> parse(ByteBuffer bytes, String where) throws CorruptDataException {
        boolean plausible = bytes.remaining() >= HEADER_SIZE_BYTES + Integer.BYTES
                && bytes.getLong(0) == MAGIC
                && bytes.getInt(8) == VERSION
                && bytes.remaining() == HEADER_SIZE_BYTES + (long) bytes.getInt(12) * ENTRY_SIZE_BYTES + Integer.BYTES;
        if (!plausible || bytes.getInt(bytes.limit() - Integer.BYTES) != crc(bytes)) {
            throw new CorruptDataException(where + " is damaged: delete it and scrub again");
        }
        Set<Entry> entries = new TreeSet<>();
        bytes.position(HEADER_SIZE_BYTES);
        for (int index = 0; index < bytes.getInt(12); index++) {
            entries.add(new Entry(ObjectId.readFrom(bytes), bytes.getLong()));
        }
        return entries;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(bytes.limit() - Integer.BYTES));
        return (int) crc.getValue();
    }

    boolean contains(ObjectId id, long sequence) {
        Set<Entry> now = seen.get();
        return !now.isEmpty() && now.contains(new Entry(id, sequence));
    }

    List<ObjectId> ids() {
        return seen.get().stream().map(Entry::id).distinct().toList();
    }

    /** Durable on return. */
    synchronized void add(ObjectId id, long sequence) throws IOException {
        if (entries.size() >= ENTRIES_MAX) {
            throw new IOException("the quarantine of " + disk.description() + " is full");
        }
        if (entries.add(new Entry(id, sequence))) {
            write();
        }
    }

    /** Forgets a record that no longer exists. Durable on return. */
    synchronized void remove(ObjectId id, long sequence) throws IOException {
        if (entries.remove(new Entry(id, sequence))) {
            write();
        }
    }

    @GuardedBy("this")
    private void write() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_SIZE_BYTES + entries.size() * ENTRY_SIZE_BYTES + Integer.BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(entries.size());
        for (Entry entry : entries) {
            entry.id().writeTo(bytes);
            bytes.putLong(entry.sequence());
        }
        bytes.putInt(crc(bytes)).flip();
        if (disk.list().contains(UNFINISHED_NAME)) {
            disk.delete(UNFINISHED_NAME);
        }
        try (DiskFile file = disk.create(UNFINISHED_NAME)) {
            file.write(0, bytes);
            file.sync();
        }
        disk.rename(UNFINISHED_NAME, FILE_NAME);
        disk.syncDirectory();
        seen.set(new TreeSet<>(entries));
    }
}
