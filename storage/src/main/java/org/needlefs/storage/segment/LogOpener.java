package org.needlefs.storage.segment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.OutOfSpaceException;
import org.needlefs.storage.disk.BufferPool;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a directory into the state in which a log can append: every segment known, the newest cut behind its last good
 * record, and that durable <em>before</em> anything is appended. So no byte of a cut tail is left that could later be
 * taken for a record, and a crash in here leaves nothing worse than before. Threading: confined to one caller.
 */
final class LogOpener {
    private static final Logger log = LoggerFactory.getLogger(LogOpener.class);

    private final Disk disk;
    private final SegmentLogConfig config;
    private final BufferPool buffers;
    private final SegmentFiles files;

    LogOpener(Disk disk, SegmentLogConfig config, BufferPool buffers) {
        this.disk = disk;
        this.config = config;
        this.buffers = buffers;
        this.files = new SegmentFiles(disk, config);
    }

    /** @param extended the newest segment has room up to its full size */
    record Opened(List<Segment> segments, boolean extended) {}

    Opened open() throws IOException {
        files.discardUnfinished();
        List<Long> numbers = files.list();
        if (numbers.isEmpty()) {
            long first = config.durableFloor() + 1;
            return new Opened(List.of(files.create(1, first, config.segmentSizeBytes())), true);
        }
        // A process that died may have made a segment and not its name durable: records synced into it would vanish
        // with it.
        disk.syncDirectory();
        List<Segment> segments = new ArrayList<>();
        List<SegmentHeader> headers = new ArrayList<>();
        for (long number : numbers) {
            headers.add(readHeader(number));
        }
        for (int index = 0; index < headers.size() - 1; index++) {
            segments.add(openSealed(headers.get(index), headers.get(index + 1)));
        }
        boolean extended = openNewest(headers.getLast(), segments);
        return new Opened(List.copyOf(segments), extended);
    }

    private SegmentHeader readHeader(long number) throws IOException {
        try (DiskFile file = disk.open(SegmentHeader.fileName(number))) {
            return files.header(file, number);
        }
    }

    private Segment openSealed(SegmentHeader header, SegmentHeader next) throws IOException {
        String name = SegmentHeader.fileName(header.segment());
        try (DiskFile file = disk.open(name)) {
            Optional<RecordHeader> marker = Recovery.trailingMarker(file, header.nonce());
            if (marker.isEmpty()) {
                log.warn("{}/{}: the marker at the end of a sealed segment is damaged", disk.description(), name);
            }
            // Sequences are dense, but the segments between this one and the next may have been removed.
            long lastSequence = marker.map(RecordHeader::sequence).orElse(next.firstSequence() - 1);
            if (lastSequence >= next.firstSequence()) {
                throw new CorruptDataException(disk.description() + "/" + name + " ends with record " + lastSequence
                        + ", the next segment starts with " + next.firstSequence());
            }
            return new Segment(header, true, file.sizeBytes(), lastSequence);
        }
    }

    private boolean openNewest(SegmentHeader header, List<Segment> segments) throws IOException {
        String name = SegmentHeader.fileName(header.segment());
        try (DiskFile file = disk.open(name)) {
            Optional<RecordHeader> marker = Recovery.trailingMarker(file, header.nonce());
            Segment segment = new Segment(header, false, SegmentHeader.SIZE_BYTES, header.firstSequence() - 1);
            if (marker.isPresent()) {
                segment.advance(file.sizeBytes(), Math.max(marker.get().sequence(), config.durableFloor()));
            } else {
                recover(file, segment);
            }
            file.sync();
            segments.add(segment);
            try {
                file.preallocate(config.segmentSizeBytes());
                return true;
            } catch (OutOfSpaceException full) {
                log.warn("{}/{}: no room to extend it, the next record needs space", disk.description(), name);
                return false;
            }
        }
    }

    private void recover(DiskFile file, Segment segment) throws IOException {
        Recovery.End end = Recovery.findEnd(file, buffers, segment, config.durableFloor());
        long sizeBytes = file.sizeBytes();
        log.info(
                "{}/{} was not closed: {} of {} bytes are good, up to record {}",
                disk.description(),
                file.name(),
                end.endBytes(),
                sizeBytes,
                end.lastSequence());
        if (end.damagedCount() > 0) {
            log.error(
                    "{}/{}: {} ranges of durable records are damaged",
                    disk.description(),
                    file.name(),
                    end.damagedCount());
        }
        if (end.endBytes() < sizeBytes) {
            file.truncate(end.endBytes());
        }
        segment.advance(end.endBytes(), end.lastSequence());
    }
}
