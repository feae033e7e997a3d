package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.needlefs.client.vfs.buffer.RangeSet;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Write;
import org.needlefs.storage.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the namespace about uploads: those that are stored, in the order in which they were written, many in one command.
 * A file small enough goes into its inode instead. Bound: {@value #CHUNK_COUNT_MAX} chunks a command.
 *
 * <p>An error is recorded with the file; data that would be refused again is given up, other data is kept and tried again
 * by the next flush. Threading: any; holds the file's commit lock across calls of the namespace.
 */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int CHUNK_COUNT_MAX = 64;
    private static final int RANGE_COUNT_MAX = 4096;
    private static final byte[] NO_BYTES = {};

    private final FileSystem fileSystem;
    private final ObjectWriter objects;
    private final Durability durability;
    private final CommitListener listener;

    /** Hears what was committed, so that chunks in many pieces can be merged. */
    interface CommitListener {
        void committed(OpenInode file, List<Chunk> chunks);
    }

    Committer(FileSystem fileSystem, ObjectWriter objects, Durability durability, CommitListener listener) {
        this.fileSystem = fileSystem;
        this.objects = objects;
        this.durability = durability;
        this.listener = listener;
    }

    /** Commits all stored uploads that no unfinished one stands before. */
    void commit(OpenInode file) {
        file.commit().lock();
        try {
            OpenInode.Batch batch = file.storedFirst(CHUNK_COUNT_MAX, RANGE_COUNT_MAX);
            while (!batch.uploads().isEmpty() && commit(file, batch)) {
                batch = file.storedFirst(CHUNK_COUNT_MAX, RANGE_COUNT_MAX);
            }
        } finally {
            file.commit().unlock();
        }
    }

    /** False if the batch stays where it is. */
    private boolean commit(OpenInode file, OpenInode.Batch batch) {
        try {
            file.committed(batch.uploads(), write(file, batch));
            file.changed(durability.changed());
            return true;
        } catch (IOException error) {
            boolean lost = Failures.isFinal(error);
            file.errors().record(Failures.answer(error));
            LOG.debug(
                    "inode {} can't be committed{}: {}", file.inode(), lost ? ", data is lost" : "", error.toString());
            if (lost) {
                file.dropped(batch.uploads());
            }
            return lost;
        }
    }

    private Attributes write(OpenInode file, OpenInode.Batch batch) throws IOException {
        long end = 0;
        boolean small = true;
        for (ChunkUpload upload : batch.uploads()) {
            RangeSet ranges = upload.buffer().ranges();
            if (!ranges.isEmpty()) {
                end = Math.max(end, upload.buffer().chunkIndex() * chunkSizeBytes() + ranges.lastEnd());
                small &= upload.mayBeInline() && !upload.objectStored();
            }
        }
        if (end == 0) {
            return batch.committed(); // All of it was cut off again.
        }
        Optional<byte[]> inline = inlineContent(batch.committed());
        if (small && inline.isPresent()) {
            // The inode's bytes may end before the file does: a truncate has made it longer.
            byte[] whole = overlay(inline.get(), Math.max(end, batch.committed().sizeBytes()), batch.uploads());
            return fileSystem.write(file.inode(), new Write.Whole(whole), whole.length, batch.modifyNanos(), false);
        }
        List<Chunk> chunks = chunks(batch.uploads(), inline.orElse(NO_BYTES));
        Attributes answer = fileSystem.write(file.inode(), new Write.Extents(chunks), end, batch.modifyNanos(), false);
        listener.committed(file, chunks);
        return answer;
    }

    /** The committed content if it lives in the inode, or is nothing at all and could. */
    private Optional<byte[]> inlineContent(Attributes committed) throws IOException {
        if (committed.sizeBytes() == 0) {
            return Optional.of(NO_BYTES);
        }
        if (committed.sizeBytes() > fileSystem.geometry().inlineSizeMax()) {
            return Optional.empty();
        }
        return switch (fileSystem.content(committed.inode(), 0, 1)) {
            case Content.Inline inline -> Optional.of(inline.bytes());
            case Content.Chunks chunks -> Optional.empty();
        };
    }

    private static byte[] overlay(byte[] below, long end, List<ChunkUpload> uploads) {
        byte[] whole = Arrays.copyOf(below, (int) Math.max(below.length, end));
        ByteBuffer into = ByteBuffer.wrap(whole);
        for (ChunkUpload upload : uploads) {
            RangeSet ranges = upload.buffer().ranges();
            for (int i = 0; i < ranges.count(); i++) {
                int start = ranges.start(i);
                upload.buffer().read(start, into, start, ranges.end(i) - start);
            }
        }
        return whole;
    }

    private List<Chunk> chunks(List<ChunkUpload> uploads, byte[] inline) throws IOException {
        List<Chunk> chunks = new ArrayList<>(uploads.size() + 1);
        List<Extent> first = new ArrayList<>();
        for (ChunkUpload upload : uploads) {
            if (upload.buffer().ranges().isEmpty()) {
                continue;
            }
            if (!upload.objectStored()) {
                objects.put(upload); // It was meant for the inode, which it has outgrown.
            }
            if (upload.buffer().chunkIndex() == 0) {
                first.addAll(upload.extents());
            } else {
                chunks.add(new Chunk(upload.buffer().chunkIndex(), upload.extents()));
            }
        }
        first.addAll(carried(first, inline));
        if (!first.isEmpty()) {
            first.sort(Comparator.comparingInt(Extent::chunkOffsetBytes));
            chunks.add(new Chunk(0, List.copyOf(first)));
        }
        chunks.sort(Comparator.comparingLong(Chunk::index));
        return List.copyOf(chunks);
    }

    /** Stores what lived in the inode and is not overwritten, for a file that moves into objects. */
    private List<Extent> carried(List<Extent> over, byte[] inline) throws IOException {
        if (inline.length == 0) {
            return List.of();
        }
        RangeSet kept = new RangeSet();
        kept.add(0, inline.length);
        for (Extent extent : over) {
            kept.remove(extent.chunkOffsetBytes(), extent.chunkEndBytes());
        }
        if (kept.isEmpty()) {
            return List.of();
        }
        ObjectId id = objects.nextId();
        objects.put(id, ByteBuffer.wrap(inline));
        List<Extent> extents = new ArrayList<>(kept.count());
        for (int i = 0; i < kept.count(); i++) {
            extents.add(new Extent(kept.start(i), kept.end(i) - kept.start(i), id, kept.start(i)));
        }
        return extents;
    }

    /**
     * Moves content from the inode into an object, because the file is about to grow beyond what an inode holds by other
     * means than a write. The caller holds the file's commit lock.
     */
    void outgrowInline(OpenInode file) throws IOException {
        Attributes committed = file.committed();
        byte[] inline = inlineContent(committed).orElse(NO_BYTES);
        if (inline.length > 0) {
            Write moved = new Write.Extents(List.of(new Chunk(0, carried(List.of(), inline))));
            file.hear(fileSystem.write(file.inode(), moved, inline.length, committed.modifyNanos(), false));
            file.changed(durability.changed());
        }
    }

    private int chunkSizeBytes() {
        return fileSystem.geometry().chunkSizeBytes();
    }
}
