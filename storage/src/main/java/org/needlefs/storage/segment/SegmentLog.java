package org.needlefs.storage.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.storage.Check;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;
import org.needlefs.storage.segment.SegmentScanner.Item;

/**
 * Append-only records in preallocated segment files; the one thing through which bytes become durable.
 *
 * <p>Guarantees: when {@link #append} returns, the record can be read and survives the death of this process; when
 * {@link #sync} returns, it and all before it survive a power cut. Sequences are dense, start at 1 and are never used
 * twice. Bytes that do not match their checksums are never handed out. After a crash the records behind the last
 * durable one may be gone, but only from some sequence on; a bad record that was durable stays in place and is reported
 * by every scan.
 *
 * <p>After a failed sync every later append and sync fails, {@link #close} still works. A failed append (also for want of
 * space, {@link org.needlefs.storage.OutOfSpaceException}) stores nothing and harms no other record; the next one starts
 * a new segment. Bounds: {@code openFilesMax} files, a fixed pool of buffers; nothing grows with a body's size. Buffers
 * are borrowed until the call returns. Threading: any; appends are written one after the other. A thread in here must not be interrupted.
 * The caller holds the disk's lock.
 */
public final class SegmentLog implements Closeable {
    private static final int HEADER_BUFFER_BYTES = 4096;
    private static final int READ_BUFFER_BYTES = 256 * 1024;
    private static final int BUFFERS_MAX = 32;
    private static final int ZEROS_BYTES = 64 * 1024;

    private final Disk disk;
    private final SegmentLogConfig config;
    private final SegmentFiles files;
    private final OpenFiles openFiles;
    private final BufferPool headers = new BufferPool(HEADER_BUFFER_BYTES, BUFFERS_MAX);
    private final BufferPool buffers;
    private final RecordReader reader;
    private final NavigableMap<Long, Segment> segments;
    private final GroupCommit commit;
    /** Held while a record is placed and written: the order in the file is the order of the sequences. */
    private final ReentrantLock appendLock = new ReentrantLock();

    @GuardedBy("appendLock")
    private final ByteBuffer zeros;

    /** The newest segment and its file, kept open; written under the append lock. */
    private volatile Active active;

    /** The newest segment takes no more records: an append failed in it, or there is no room to extend it. */
    @GuardedBy("appendLock")
    private boolean rollDue;

    /** The newest segment is written up to here, with records or with zeros for those to come. */
    @GuardedBy("appendLock")
    private long zeroedBytes;

    @GuardedBy("appendLock")
    private boolean closed;

    private volatile long lastSequence;

    private record Active(Segment segment, OpenFiles.Shared shared) {
        DiskFile file() {
            return shared.file();
        }
    }

    /** Opens or makes the log of a directory. Torn records at the very end are cut off; records are not read otherwise. */
    public static SegmentLog open(Disk disk, SegmentLogConfig config) throws IOException {
        BufferPool buffers = new BufferPool(READ_BUFFER_BYTES, BUFFERS_MAX);
        LogOpener.Opened opened = new LogOpener(disk, config, buffers).open();
        OpenFiles openFiles = new OpenFiles(disk, config.openFilesMax());
        return new SegmentLog(disk, config, buffers, openFiles, opened);
    }

    private SegmentLog(
            Disk disk, SegmentLogConfig config, BufferPool buffers, OpenFiles openFiles, LogOpener.Opened opened)
            throws IOException {
        this.disk = disk;
        this.config = config;
        this.files = new SegmentFiles(disk, config);
        this.openFiles = openFiles;
        this.buffers = buffers;
        this.reader = new RecordReader(buffers);
        this.segments = new ConcurrentSkipListMap<>();
        this.zeros = ByteBuffer.allocateDirect(Math.min(config.zeroAheadBytes(), ZEROS_BYTES));
        opened.segments().forEach(segment -> segments.put(segment.number(), segment));
        Segment newest = opened.segments().getLast();
        this.active = new Active(newest, openFiles.acquire(newest.number()));
        this.rollDue = !opened.extended();
        this.zeroedBytes = newest.endBytes();
        this.lastSequence = newest.lastSequence();
        this.commit = new GroupCommit(this::syncActive, lastSequence);
    }

    /**
     * Appends a record of the buffers' remaining bytes and returns its place. Readable at once, survives the death of
     * this process; durable after {@link #sync}.
     *
     * @throws org.needlefs.storage.OutOfSpaceException the disk is full; worth trying again once it is not
     */
    public Appended append(byte type, ByteBuffer... body) throws IOException {
        long bodySizeBytes = 0;
        for (ByteBuffer part : body) {
            bodySizeBytes += part.remaining();
        }
        if (bodySizeBytes > config.bodySizeMaxBytes()) {
            throw new IOException("a record of " + bodySizeBytes + " bytes is larger than the log takes: "
                    + config.bodySizeMaxBytes());
        }
        int headerBytes = RecordFormat.headerSizeBytes(bodySizeBytes);
        boolean pooled = headerBytes <= HEADER_BUFFER_BYTES;
        ByteBuffer header = pooled ? headers.take() : ByteBuffer.allocateDirect(headerBytes);
        try {
            RecordFormat.putTable(header, body);
            ByteBuffer[] parts = new ByteBuffer[body.length + 1];
            parts[0] = header;
            System.arraycopy(body, 0, parts, 1, body.length);
            return place(type, bodySizeBytes, parts);
        } finally {
            if (pooled) {
                headers.give(header);
            }
        }
    }

    /** What a record with a body of this size takes in its segment. */
    public static long recordSizeBytes(long bodySizeBytes) {
        return RecordFormat.recordSizeBytes(bodySizeBytes);
    }

    /** For records in the unused rest of a segment of which {@code usedBytes} are used. */
    public static long tailBytes(long segmentSizeBytes, long usedBytes) {
        return Math.max(0, segmentSizeBytes - usedBytes - RecordFormat.MARKER_SIZE_BYTES);
    }

    /** For records in an empty segment. */
    public static long segmentRoomBytes(long segmentSizeBytes) {
        return tailBytes(segmentSizeBytes, SegmentHeader.SIZE_BYTES);
    }

    public record Appended(long sequence, RecordPosition position) {}

    private Appended place(byte type, long bodySizeBytes, ByteBuffer... headerAndBody) throws IOException {
        long recordSizeBytes = RecordFormat.recordSizeBytes(bodySizeBytes);
        appendLock.lock();
        try {
            Active target = activeFor(recordSizeBytes);
            Segment segment = target.segment();
            long sequence = lastSequence + 1;
            long offsetBytes = segment.endBytes();
            RecordHeader header = new RecordHeader(type, false, bodySizeBytes, sequence, commit.durableSequence());
            RecordFormat.putHeader(headerAndBody[0], header, segment.nonce(), offsetBytes);
            try {
                zeroAhead(target.file(), offsetBytes + recordSizeBytes);
                target.file().write(offsetBytes, headerAndBody);
            } catch (IOException | RuntimeException | Error failure) {
                // Part of the record may stand there: nothing is ever appended behind it.
                rollDue = true;
                throw failure;
            }
            segment.advance(offsetBytes + recordSizeBytes, sequence);
            lastSequence = sequence;
            return new Appended(sequence, new RecordPosition(segment.number(), offsetBytes, bodySizeBytes));
        } finally {
            appendLock.unlock();
        }
    }

    @GuardedBy("appendLock")
    private void zeroAhead(DiskFile file, long recordEndBytes) throws IOException {
        if (config.zeroAheadBytes() == 0 || recordEndBytes <= zeroedBytes) {
            return;
        }
        long atBytes = recordEndBytes;
        long endBytes = Math.min(recordEndBytes + config.zeroAheadBytes(), config.segmentSizeBytes());
        while (atBytes < endBytes) {
            int count = (int) Math.min(zeros.capacity(), endBytes - atBytes);
            file.write(atBytes, zeros.clear().limit(count));
            atBytes += count;
        }
        zeroedBytes = endBytes;
    }

    @GuardedBy("appendLock")
    private Active activeFor(long recordSizeBytes) throws IOException {
        throwIfClosed();
        commit.throwIfFailed();
        long endBytes = active.segment().endBytes();
        boolean fits = endBytes + recordSizeBytes + RecordFormat.MARKER_SIZE_BYTES <= config.segmentSizeBytes();
        if (rollDue || !fits) {
            rollFor(recordSizeBytes);
        }
        return active;
    }

    @GuardedBy("appendLock")
    private void rollFor(long recordSizeBytes) throws IOException {
        Segment old = active.segment();
        if (!old.sealed()) {
            seal();
        }
        long sizeBytes = Math.max(
                config.segmentSizeBytes(), SegmentHeader.SIZE_BYTES + recordSizeBytes + RecordFormat.MARKER_SIZE_BYTES);
        Segment segment = files.create(old.number() + 1, lastSequence + 1, sizeBytes);
        OpenFiles.Shared shared = openFiles.acquire(segment.number());
        OpenFiles.Shared done = active.shared();
        segments.put(segment.number(), segment);
        active = new Active(segment, shared);
        rollDue = false;
        zeroedBytes = segment.endBytes();
        openFiles.release(done);
    }

    /** Makes all durable, says so in a marker and cuts the file behind it. Can be tried again after a failure. */
    @GuardedBy("appendLock")
    private void seal() throws IOException {
        rollDue = true;
        Segment segment = active.segment();
        DiskFile file = active.file();
        long endBytes = segment.endBytes();
        long sequence = lastSequence;
        commit.runAlone(() -> {
            syncOrPoison(file);
            ByteBuffer marker = ByteBuffer.allocate(RecordFormat.MARKER_SIZE_BYTES);
            RecordFormat.putHeader(marker, RecordHeader.marker(sequence), segment.nonce(), endBytes);
            // Written before the file is cut: there it needs no new block, so that a full disk can be closed cleanly.
            file.write(endBytes, marker.limit(RecordFormat.MARKER_SIZE_BYTES));
            file.truncate(endBytes + RecordFormat.MARKER_SIZE_BYTES);
            syncOrPoison(file);
            return sequence;
        });
        segment.advance(endBytes + RecordFormat.MARKER_SIZE_BYTES, sequence);
        segment.seal();
    }

    private void syncOrPoison(DiskFile file) throws IOException {
        try {
            file.sync();
        } catch (IOException failure) {
            throw commit.poison(failure);
        }
    }

    /** Returns once all records up to {@code sequence} are durable: many callers share one fdatasync. */
    public void sync(long sequence) throws IOException {
        Check.that(sequence <= lastSequence, "sync of record %d, the last is %d", sequence, lastSequence);
        commit.await(sequence);
    }

    private long syncActive() throws IOException {
        while (true) {
            // Read in this order: what was appended up to here is in this segment or was synced when it was rolled.
            long covered = lastSequence;
            long number = active.segment().number();
            OpenFiles.Shared shared;
            try {
                shared = openFiles.acquire(number);
            } catch (NoSuchFileException rolledAndRemoved) {
                Check.that(active.segment().number() > number, "the newest segment %d is gone", number);
                continue;
            }
            try {
                syncOrPoison(shared.file());
            } finally {
                openFiles.release(shared);
            }
            return covered;
        }
    }

    /** The last record appended; 0 if none ever was. */
    public long lastSequence() {
        return lastSequence;
    }

    /** The last record known to be durable. */
    public long durableSequence() {
        return commit.durableSequence();
    }

    /**
     * Fills {@code into} from the body at {@code bodyOffsetBytes}, verifying each 64 KiB block that it touches. After an
     * exception the buffer's content is undefined.
     *
     * @throws NoSuchFileException the segment was removed: the record may have moved
     * @throws org.needlefs.storage.CorruptDataException what is on disk is not what was appended
     */
    public void read(RecordPosition position, long bodyOffsetBytes, ByteBuffer into) throws IOException {
        Check.that(
                bodyOffsetBytes >= 0 && bodyOffsetBytes + into.remaining() <= position.bodySizeBytes(),
                "%d bytes at %d of a body of %d",
                into.remaining(),
                bodyOffsetBytes,
                position.bodySizeBytes());
        Segment segment = segment(position.segment());
        OpenFiles.Shared shared = openFiles.acquire(position.segment());
        try {
            reader.read(shared.file(), segment.nonce(), position, bodyOffsetBytes, into);
        } finally {
            openFiles.release(shared);
        }
    }

    private Segment segment(long number) throws NoSuchFileException {
        Segment segment = segments.get(number);
        if (segment == null) {
            throw new NoSuchFileException(disk.description() + "/" + SegmentHeader.fileName(number));
        }
        return segment;
    }

    /**
     * Shows all records with a sequence of at least {@code fromSequence}, with up to {@code prefixBytes} of each body.
     * Ends where the log ended when the call began; segments removed meanwhile are left out.
     */
    public void scan(long fromSequence, int prefixBytes, RecordVisitor visitor) throws IOException {
        long toSequence = lastSequence;
        for (Segment segment : segments.values()) {
            if (segment.lastSequence() < fromSequence || segment.firstSequence() > toSequence) {
                continue;
            }
            try {
                scan(segment, fromSequence, toSequence, prefixBytes, visitor);
            } catch (NoSuchFileException removed) {
                if (segments.containsKey(segment.number())) {
                    throw removed;
                }
            }
        }
    }

    /** Shows the records of one segment. @throws NoSuchFileException it was removed */
    public void scanSegment(long segment, int prefixBytes, RecordVisitor visitor) throws IOException {
        scan(segment(segment), 0, lastSequence, prefixBytes, visitor);
    }

    private void scan(Segment segment, long fromSequence, long toSequence, int prefixBytes, RecordVisitor visitor)
            throws IOException {
        long lastInSegment = Math.min(segment.lastSequence(), toSequence);
        long limitBytes = segment.endBytes();
        OpenFiles.Shared shared = openFiles.acquire(segment.number());
        try (SegmentScanner scanner =
                new SegmentScanner(shared.file(), buffers, segment, limitBytes, prefixBytes, Long.MAX_VALUE)) {
            for (Optional<Item> item = scanner.next(); item.isPresent(); item = scanner.next()) {
                show(segment, item.get(), fromSequence, toSequence, visitor);
            }
            if (scanner.expectedSequence() <= lastInSegment) {
                visitor.damaged(
                        segment.number(),
                        limitBytes,
                        0,
                        "expected records up to " + lastInSegment + ", the last found is "
                                + (scanner.expectedSequence() - 1));
            }
        } finally {
            openFiles.release(shared);
        }
    }

    private static void show(Segment segment, Item item, long fromSequence, long toSequence, RecordVisitor visitor)
            throws IOException {
        switch (item) {
            case Item.Intact intact -> {
                RecordHeader header = intact.header();
                long sequence = header.sequence();
                if (!header.marker() && sequence >= fromSequence && sequence <= toSequence) {
                    RecordPosition position =
                            new RecordPosition(segment.number(), intact.offsetBytes(), header.bodySizeBytes());
                    visitor.record(sequence, header.type(), position, intact.prefix());
                }
            }
            case Item.Damaged damaged ->
                visitor.damaged(segment.number(), damaged.offsetBytes(), damaged.sizeBytes(), damaged.why());
        }
    }

    /** All segments, oldest first. */
    public List<SegmentInfo> segments() {
        return segments.values().stream().map(Segment::info).toList();
    }

    /** Bytes that the records of all segments take, with their headers. */
    public long usedBytes() {
        return segments.values().stream().mapToLong(Segment::endBytes).sum();
    }

    /** Seals the newest segment, so that it can be removed; appends go on in a new one. */
    public void roll() throws IOException {
        appendLock.lock();
        try {
            throwIfClosed();
            commit.throwIfFailed();
            rollFor(0);
        } finally {
            appendLock.unlock();
        }
    }

    /** Deletes a sealed segment and makes that durable. Its records are gone; sequences are not reused. */
    public void remove(long segment) throws IOException {
        appendLock.lock();
        try {
            throwIfClosed();
            Segment present = segment(segment);
            if (active.segment() == present) {
                throw new IOException(
                        "segment " + segment + " is the newest and takes appends: roll before removing it");
            }
            segments.remove(segment);
        } finally {
            appendLock.unlock();
        }
        disk.delete(SegmentHeader.fileName(segment));
        // Only now: a reader that came before the deletion may just have opened it again.
        openFiles.forget(segment);
        disk.syncDirectory();
    }

    @GuardedBy("appendLock")
    private void throwIfClosed() throws IOException {
        if (closed) {
            throw new IOException("the log in " + disk.description() + " is closed");
        }
    }

    /** Makes all durable and says so in the file, unless a sync has failed. Reads under way finish. */
    @Override
    public void close() throws IOException {
        appendLock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (!commit.poisoned() && !active.segment().sealed()) {
                    seal();
                }
            } finally {
                openFiles.close();
                openFiles.release(active.shared());
            }
        } finally {
            appendLock.unlock();
        }
    }
}
