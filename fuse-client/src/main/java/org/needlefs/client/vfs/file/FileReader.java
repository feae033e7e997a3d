package org.needlefs.client.vfs.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.client.vfs.buffer.RangeSet;
import org.needlefs.client.vfs.read.ChunkMap;
import org.needlefs.client.vfs.read.ExtentReader;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;

/**
 * Reads a file as this mount sees it: what was written and not committed lies over what is committed, holes are zeros.
 * Each call sees one moment: buffers are copied and the places of committed bytes noted under the file's memory lock;
 * the committed bytes are read afterwards, without a lock. Objects never change; one that has been replaced and deleted
 * meanwhile makes the call look again. Threading: any. Borrows the caller's buffer until it returns.
 */
final class FileReader {
    /** How many chunks are asked for at once. */
    private static final int CHUNK_COUNT = 8;

    private static final int TRY_COUNT_MAX = 8;

    private final FileSystem fileSystem;
    private final Geometry geometry;
    private final ExtentReader extents;

    FileReader(FileSystem fileSystem, ExtentReader extents) {
        this.fileSystem = fileSystem;
        this.geometry = fileSystem.geometry();
        this.extents = extents;
    }

    /** A stretch of a chunk that no buffer has: where its bytes are, and where they go. */
    private record Gap(List<Extent> extents, int chunkFrom, int chunkTo, int intoIndex) {}

    /** What one moment showed of a stretch that is {@code sizeBytes} long. */
    private record Moment(int sizeBytes, List<Gap> gaps) {}

    /** An answer from one moment, or the chunk whose place has to be asked for first. */
    private sealed interface Seen<T> {
        record Known<T>(T value) implements Seen<T> {}

        record Unknown<T>(long chunkIndex) implements Seen<T> {}
    }

    /** Fills {@code into} and advances it; returns how many bytes there were. */
    int read(OpenInode file, long offsetBytes, ByteBuffer into) throws IOException {
        if (offsetBytes < 0) {
            throw Errno.EINVAL.because("offset %d", offsetBytes);
        }
        for (int tryCount = 1; ; tryCount++) {
            Moment moment =
                    see(file, (size, committed, dirty, map) -> look(offsetBytes, into, size, committed, dirty, map));
            try {
                for (Gap gap : moment.gaps()) {
                    ByteBuffer part = into.slice(into.position() + gap.intoIndex(), gap.chunkTo() - gap.chunkFrom());
                    extents.read(gap.extents(), gap.chunkFrom(), gap.chunkTo(), part);
                }
                into.position(into.position() + moment.sizeBytes());
                return moment.sizeBytes();
            } catch (FileNotFoundException replaced) {
                if (tryCount == TRY_COUNT_MAX) {
                    throw replaced;
                }
                file.forgetChunks();
            }
        }
    }

    /** Looks until nothing is unknown, asking the namespace in between. */
    private <T> T see(OpenInode file, OpenInode.View<Seen<T>> look) throws IOException {
        for (int tryCount = 1; ; tryCount++) {
            switch (file.view(look)) {
                case Seen.Known<T> known -> {
                    return known.value();
                }
                case Seen.Unknown<T> unknown -> {
                    boolean keepCommitsOff = tryCount >= TRY_COUNT_MAX; // Only a stream of commits gets so far.
                    if (keepCommitsOff) {
                        file.commit().lock();
                    }
                    try {
                        long sequence = file.view((size, committed, dirty, map) -> map.sequence());
                        file.keep(
                                sequence,
                                unknown.chunkIndex(),
                                CHUNK_COUNT,
                                fileSystem.content(file.inode(), unknown.chunkIndex(), CHUNK_COUNT));
                        if (keepCommitsOff && file.view(look) instanceof Seen.Known<T> known) {
                            return known.value();
                        }
                    } finally {
                        if (keepCommitsOff) {
                            file.commit().unlock();
                        }
                    }
                }
            }
        }
    }

    private Seen<Moment> look(
            long offset, ByteBuffer into, long size, Attributes committed, DirtyContent dirty, ChunkMap map) {
        int wanted = Math.clamp(size - offset, 0, into.remaining());
        List<Gap> gaps = new ArrayList<>(2);
        int doneBytes = 0;
        while (doneBytes < wanted) {
            long position = offset + doneBytes;
            long chunkIndex = position / geometry.chunkSizeBytes();
            int from = (int) (position % geometry.chunkSizeBytes());
            int to = Math.min(geometry.chunkSizeBytes(), from + wanted - doneBytes);
            RangeSet missing = dirty.read(chunkIndex, from, to, into, into.position() + doneBytes);
            for (int i = 0; i < missing.count(); i++) {
                int start = missing.start(i);
                int index = doneBytes + start - from;
                boolean behindCommitted = chunkIndex * geometry.chunkSizeBytes() + start >= committed.sizeBytes();
                Optional<List<Extent>> places = behindCommitted ? Optional.of(List.of()) : map.extents(chunkIndex);
                if (map.inline().isPresent() && !behindCommitted) {
                    long inlineStart = chunkIndex * geometry.chunkSizeBytes() + start;
                    copyInline(map.inline().get(), inlineStart, missing.end(i) - start, into, into.position() + index);
                } else if (places.isPresent()) {
                    gaps.add(new Gap(places.get(), start, missing.end(i), index));
                } else {
                    return new Seen.Unknown<>(chunkIndex);
                }
            }
            doneBytes += to - from;
        }
        return new Seen.Known<>(new Moment(wanted, gaps));
    }

    private static void copyInline(byte[] inline, long start, int sizeBytes, ByteBuffer into, int intoIndex) {
        int copied = Math.clamp(inline.length - start, 0, sizeBytes);
        if (copied > 0) {
            into.put(intoIndex, inline, (int) start, copied);
        }
        for (int i = copied; i < sizeBytes; i++) {
            into.put(intoIndex + i, (byte) 0);
        }
    }

    /** Loads what is committed of a stretch into the block cache. */
    void prefetch(OpenInode file, long fromBytes, long toBytes) throws IOException {
        long position = fromBytes;
        long end = Math.min(toBytes, file.committed().sizeBytes());
        while (position < end) {
            long chunkIndex = position / geometry.chunkSizeBytes();
            int from = (int) (position % geometry.chunkSizeBytes());
            int to = (int) Math.min(geometry.chunkSizeBytes(), from + end - position);
            List<Extent> places = see(
                    file,
                    (size, committed, dirty, map) -> map.inline().isPresent()
                            ? new Seen.Known<>(List.<Extent>of())
                            : map.extents(chunkIndex)
                                    .<Seen<List<Extent>>>map(Seen.Known::new)
                                    .orElse(new Seen.Unknown<>(chunkIndex)));
            extents.prefetch(places, from, to);
            position += to - from;
        }
    }

    /**
     * The next data, or the next hole, from {@code offsetBytes} on; the end of the file counts as a hole.
     *
     * @throws org.needlefs.cluster.model.FsException ENXIO: behind the end, or no data follows
     */
    long seek(OpenInode file, long offsetBytes, boolean hole) throws IOException {
        long size = file.sizeBytes();
        if (offsetBytes < 0 || offsetBytes >= size) {
            throw Errno.ENXIO.because("offset %d of a file of %d bytes", offsetBytes, size);
        }
        long position = offsetBytes;
        while (position < size) {
            long chunkStart = position - position % geometry.chunkSizeBytes();
            RangeSet data = see(
                    file,
                    (sizeNow, committed, dirty, map) ->
                            data(chunkStart / geometry.chunkSizeBytes(), committed, dirty, map));
            int from = (int) (position - chunkStart);
            int next = data.firstEndingAfter(from);
            boolean inData = next < data.count() && data.start(next) <= from;
            if (hole && !inData) {
                return position;
            }
            if (!hole && next < data.count()) {
                return Math.max(position, chunkStart + data.start(next));
            }
            int skipTo = inData ? data.end(next) : geometry.chunkSizeBytes();
            position = chunkStart + skipTo;
        }
        if (hole) {
            return size;
        }
        throw Errno.ENXIO.because("no data behind offset %d", offsetBytes);
    }

    private Seen<RangeSet> data(long chunkIndex, Attributes committed, DirtyContent dirty, ChunkMap map) {
        RangeSet data = new RangeSet();
        dirty.addRanges(chunkIndex, data);
        long chunkStart = chunkIndex * geometry.chunkSizeBytes();
        if (chunkStart >= committed.sizeBytes()) {
            return new Seen.Known<>(data);
        }
        if (map.inline().isPresent()) {
            if (chunkIndex == 0 && map.inline().get().length > 0) {
                data.add(0, map.inline().get().length);
            }
            return new Seen.Known<>(data);
        }
        Optional<List<Extent>> places = map.extents(chunkIndex);
        if (places.isEmpty()) {
            return new Seen.Unknown<>(chunkIndex);
        }
        for (Extent extent : places.get()) {
            data.add(extent.chunkOffsetBytes(), extent.chunkEndBytes());
        }
        return new Seen.Known<>(data);
    }
}
