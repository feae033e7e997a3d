package org.needlefs.storage.needle.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.index.IndexEntry;
import org.needlefs.storage.segment.RecordPosition;
import org.needlefs.storage.segment.RecordVisitor;

/** Shows what stands in a volume's containers, for a person. Threading: confined to one thread. */
public final class Inspection {
    private static final int BLOCK_SIZE_BYTES = 1 << 20;

    private final Volume volume;
    private final Digests digests;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE_BYTES);

    /** What a record is to the store. */
    public enum State {
        LIVE,
        /** Deleted, or superseded by a later copy. */
        DEAD,
        TOMBSTONE
    }

    /** Is shown the containers' content in order. */
    public interface Visitor {
        void record(long sequence, RecordPosition position, NeedleHeader header, State state);

        void damaged(Damage damage);
    }

    public Inspection(Volume volume, Digests digests) {
        this.volume = volume;
        this.digests = digests;
    }

    public void dump(Visitor visitor) throws IOException {
        walk(visitor, false);
    }

    /** As {@link #dump}, and reads bodies. */
    public void verify(Visitor visitor) throws IOException {
        walk(visitor, true);
    }

    private void walk(Visitor visitor, boolean readBodies) throws IOException {
        volume.segments().scan(1, NeedleHeader.SIZE_BYTES, new RecordVisitor() {
            @Override
            public void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix)
                    throws IOException {
                try {
                    NeedleHeader header = NeedleHeader.readFrom(prefix);
                    visitor.record(sequence, position, header, state(header, sequence, position));
                    if (readBodies && !header.isTombstone()) {
                        check(header, position);
                    }
                } catch (CorruptDataException bad) {
                    visitor.damaged(new Damage(
                            position.segment(),
                            position.offsetBytes(),
                            position.bodySizeBytes(),
                            String.valueOf(bad.getMessage())));
                }
            }

            @Override
            public void damaged(long segment, long offsetBytes, long sizeBytes, String why) {
                visitor.damaged(new Damage(segment, offsetBytes, sizeBytes, why));
            }
        });
    }

    private State state(NeedleHeader header, long sequence, RecordPosition position) throws IOException {
        if (header.isTombstone()) {
            return State.TOMBSTONE;
        }
        IndexEntry here = new IndexEntry(header, sequence, position.segment(), position.offsetBytes());
        Optional<IndexEntry> known = volume.find(header.id());
        return known.isPresent() && known.get().samePlaceAs(here) ? State.LIVE : State.DEAD;
    }

    private void check(NeedleHeader header, RecordPosition position) throws IOException {
        Digests.Running digest = digests.start();
        for (long offsetBytes = 0; offsetBytes < header.sizeBytes(); offsetBytes += BLOCK_SIZE_BYTES) {
            block.clear().limit((int) Math.min(BLOCK_SIZE_BYTES, header.sizeBytes() - offsetBytes));
            volume.segments().read(position, NeedleHeader.SIZE_BYTES + offsetBytes, block);
            digest.update(block.flip());
        }
        if (!digest.finish().equals(header.digest())) {
            throw new CorruptDataException("needle " + header.id() + " does not match its digest");
        }
    }
}
