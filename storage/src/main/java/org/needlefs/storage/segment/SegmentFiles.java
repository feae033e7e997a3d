package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.DiskFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes segment files and checks that those present belong to this log. Threading: any. */
final class SegmentFiles {
    private static final Logger log = LoggerFactory.getLogger(SegmentFiles.class);

    /** A file has this name until its header is durable, so that a segment's name always stands for a whole header. */
    private static final String UNFINISHED_NAME = "segment.new";

    private final SecureRandom random = new SecureRandom();
    private final Disk disk;
    private final SegmentLogConfig config;

    SegmentFiles(Disk disk, SegmentLogConfig config) {
        this.disk = disk;
        this.config = config;
    }

    /** The numbers of all segments, oldest first. */
    List<Long> list() throws IOException {
        return disk.list().stream()
                .map(SegmentHeader::segmentOf)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Makes a segment, durable with its header and name. On failure nothing of it remains. */
    Segment create(long number, long firstSequence, long sizeBytes) throws IOException {
        discardUnfinished();
        SegmentHeader header =
                new SegmentHeader(config.clusterId(), config.diskId(), number, firstSequence, random.nextLong());
        try {
            try (DiskFile file = disk.create(UNFINISHED_NAME)) {
                file.preallocate(sizeBytes);
                file.write(0, header.encoded());
                file.sync();
            }
            disk.rename(UNFINISHED_NAME, SegmentHeader.fileName(number));
            disk.syncDirectory();
        } catch (IOException failure) {
            discardAfter(failure, number);
            throw failure;
        }
        return new Segment(header, false, SegmentHeader.SIZE_BYTES, firstSequence - 1);
    }

    private void discardAfter(IOException failure, long number) {
        for (String name : List.of(UNFINISHED_NAME, SegmentHeader.fileName(number))) {
            try {
                if (disk.list().contains(name)) {
                    disk.delete(name);
                }
            } catch (IOException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
        }
    }

    void discardUnfinished() throws IOException {
        if (disk.list().contains(UNFINISHED_NAME)) {
            disk.delete(UNFINISHED_NAME);
        }
    }

    /**
     * The header of an existing segment.
     *
     * @throws CorruptDataException it is damaged beyond its second copy, or of another version
     * @throws IOException it belongs to another cluster, disk or place
     */
    SegmentHeader header(DiskFile file, long number) throws IOException {
        String where = disk.description() + "/" + file.name();
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.SIZE_BYTES);
        file.read(0, bytes);
        SegmentHeader.Decoded decoded = SegmentHeader.decode(where, bytes.flip());
        SegmentHeader header = decoded.header();
        if (!header.clusterId().equals(config.clusterId())) {
            throw new IOException(where + " belongs to cluster " + header.clusterId() + ", not to " + config.clusterId()
                    + ": wrong directory or wrong configuration");
        }
        if (!header.diskId().equals(config.diskId())) {
            throw new IOException(where + " belongs to disk " + header.diskId() + ", not to " + config.diskId()
                    + ": was it copied or mounted in the wrong place?");
        }
        if (header.segment() != number) {
            throw new IOException(where + " says that it is segment " + header.segment() + ": was it renamed?");
        }
        if (decoded.damagedCopies() > 0) {
            log.warn("{}: one of the two copies of the segment header is damaged, using the other", where);
        }
        return header;
    }
}
