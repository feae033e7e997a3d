package org.needlefs.storage.needle.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.format.Sha256;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;
import org.needlefs.storage.segment.SegmentInfo;
import org.needlefs.storage.segment.SegmentLog;

/**
 * Empties one sealed segment: copies what is needed to the log's end, makes the copies durable, reads them back, and only
 * then removes the segment. A crash at any point leaves each needle in one place or in two. What it cannot account for
 * keeps the segment in place: damaged bytes, and needles that fail their digest.
 *
 * <p>A needle that the index does not know and that is not known to be deleted is kept and reported.
 * Bound: room for one segment's copies; in memory one body and the segment's list of copies. Threading: one at a time on a
 * volume; puts, reads and deletes go on.
 */
public final class SegmentCompactor {
    private final Volume volume;
    private final Claims claims;
    private final Digests digests;
    private final Throttle throttle;

    /**
     * How it ended.
     *
     * @param removed the segment is gone
     * @param stopped it was told to stop; what was copied is of use to the next run
     * @param waitsFor an older segment that has to go first
     * @param held why the segment has to stay, for a person
     * @param copiedBytes of needles
     * @param foundCount needles that the index did not know and that were kept
     */
    public record Result(
            long segment,
            boolean removed,
            boolean stopped,
            Optional<Long> waitsFor,
            List<String> held,
            long copiedBytes,
            long foundCount) {}

    public SegmentCompactor(Volume volume, Claims claims, Digests digests, Throttle throttle) {
        this.volume = volume;
        this.claims = claims;
        this.digests = digests;
        this.throttle = throttle;
    }

    public Result compact(long segment) throws IOException {
        Pass pass = new Pass(segment, volume.index().deadOffsets(segment));
        try {
            volume.segments().scanSegment(segment, NeedleHeader.SIZE_BYTES, pass);
        } catch (Ended ignored) {
            // Stopped or waiting for another segment: what was copied so far is made safe below all the same.
            pass.ended = true;
        }
        volume.sync();
        pass.verifyCopies();
        // Before the segment goes, Xodus must not point into it, nor rely on a tombstone in it to be replayed.
        volume.index().write();
        boolean removable = !pass.ended && pass.held.isEmpty();
        if (removable) {
            volume.segments().remove(segment);
            volume.index().segmentRemoved(segment);
            volume.measure();
        }
        return new Result(
                segment,
                removable,
                pass.stopped,
                pass.waitsFor,
                List.copyOf(pass.held),
                pass.copiedBytes,
                pass.foundCount);
    }

    /** Leaves a scan early. Without a stack trace: it is no error. */
    private static final class Ended extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    private final class Pass implements RecordVisitor {
        private static final int HELD_MAX = 100;

        private final long segment;
        private final Set<Long> dead;
        private final List<IndexEntry> copies = new ArrayList<>();
        private final List<String> held = new ArrayList<>();
        private Optional<Long> waitsFor = Optional.empty();
        private ByteBuffer body = ByteBuffer.allocate(0);
        private boolean ended;
        private boolean stopped;
        private long copiedBytes;
        private long foundCount;

        Pass(long segment, Set<Long> dead) {
            this.segment = segment;
            this.dead = dead;
        }

        @Override
        public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException {
            if (dead.contains(position.offsetBytes())) {
                return;
            }
            if (!throttle.allow(SegmentLog.recordSizeBytes(position.bodySizeBytes()))) {
                stopped = true;
                throw new Ended();
            }
            NeedleHeader header;
            try {
                header = NeedleHeader.readFrom(prefix);
            } catch (CorruptDataException bad) {
                hold("record " + sequence + ": " + bad.getMessage());
                return;
            }
            if (header.isTombstone()) {
                keepOrDrop(header);
                return;
            }
            if (header.sizeBytes() + NeedleHeader.SIZE_BYTES != position.bodySizeBytes()) {
                hold("needle " + header.id() + " has another size than its record");
                return;
            }
            IndexEntry here = new IndexEntry(header, sequence, position.segment(), position.offsetBytes());
            claims.claim(header.id());
            try {
                moveOrDrop(here);
            } finally {
                claims.release(header.id());
            }
        }

        private void keepOrDrop(NeedleHeader tombstone) throws IOException {
            boolean needed = existsElsewhere(tombstone.killedSequence())
                    || existsElsewhere(tombstone.previousSequence())
                    || !volume.config().tombstoneMayGo().test(tombstone.id());
            if (needed) {
                volume.appendTombstone(tombstone);
            }
        }

        private boolean existsElsewhere(long sequence) {
            return sequence > 0 && holder(sequence).isPresent();
        }

        /** The segment other than this one that may hold the record. */
        private Optional<Long> holder(long sequence) {
            return volume.segments().segments().stream()
                    .filter(info -> info.segment() != segment
                            && info.firstSequence() <= sequence
                            && info.lastSequence() >= sequence)
                    .map(SegmentInfo::segment)
                    .findFirst();
        }

        private void moveOrDrop(IndexEntry here) throws IOException {
            Optional<IndexEntry> known = volume.find(here.id());
            boolean live = known.isPresent() && known.get().samePlaceAs(here);
            if (known.isPresent() && !live) {
                boolean same =
                        known.get().header().digest().equals(here.header().digest());
                if (!same) {
                    hold("needle " + here.id() + " exists with another content in segment "
                            + known.get().segment());
                }
                return;
            }
            if (known.isEmpty() && volume.index().deadOffsets(segment).contains(here.offsetBytes())) {
                // Deleted since this pass began.
                return;
            }
            long previous = here.header().previousSequence();
            if (previous > 0 && existsElsewhere(previous)) {
                // A needle is in two segments at most, or a tombstone could not name all places of what it deletes.
                waitsFor = holder(previous);
                throw new Ended();
            }
            copy(here, known);
            if (!live) {
                foundCount++;
            }
        }

        private void copy(IndexEntry here, Optional<IndexEntry> known) throws IOException {
            try {
                read(here);
            } catch (CorruptDataException bad) {
                volume.damages()
                        .add(new Damage(
                                segment,
                                here.offsetBytes(),
                                Replay.recordBytes(here),
                                "needle " + here.id() + ": " + bad.getMessage()));
                hold("needle " + here.id() + ": " + bad.getMessage());
                return;
            }
            if (!digests.sha256(body).equals(here.header().digest())) {
                hold("needle " + here.id() + " does not match its digest");
                return;
            }
            copies.add(volume.append(here.header().copyOf(here.sequence()), known, body));
            copiedBytes += here.header().sizeBytes();
        }

        private void read(IndexEntry entry) throws IOException {
            int sizeBytes = (int) entry.header().sizeBytes();
            if (body.capacity() < sizeBytes) {
                body = ByteBuffer.allocate(sizeBytes);
            }
            body.clear().limit(sizeBytes);
            volume.segments().read(entry.position(), NeedleHeader.SIZE_BYTES, body);
            body.flip();
        }

        void verifyCopies() throws IOException {
            for (IndexEntry copy : copies) {
                Sha256 found;
                try {
                    read(copy);
                    found = digests.sha256(body);
                } catch (CorruptDataException | NoSuchFileException bad) {
                    hold("the copy of needle " + copy.id() + " cannot be read back: " + bad.getMessage());
                    continue;
                }
                if (!found.equals(copy.header().digest())) {
                    hold("the copy of needle " + copy.id() + " does not match its digest");
                }
            }
        }

        private void hold(String why) {
            if (held.size() < HELD_MAX) {
                held.add(why);
            }
        }

        @Override
        public void damaged(long damagedSegment, long offsetBytes, long sizeBytes, String why) {
            volume.damages().add(new Damage(damagedSegment, offsetBytes, sizeBytes, why));
            hold(sizeBytes + " damaged bytes at " + offsetBytes + ": " + why);
        }
    }
}
