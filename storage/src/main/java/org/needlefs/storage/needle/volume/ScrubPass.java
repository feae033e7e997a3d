package org.needlefs.storage.needle.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.Digests;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.index.IndexEntry;

/**
 * Reads the body of every needle of a volume and compares checksums and digest. What fails is quarantined, never deleted.
 * Bound: one page of the index and a block of a body in memory. Threading: one thread; everything else goes on.
 */
public final class ScrubPass {
    private static final int PAGE_COUNT_MAX = 256;
    private static final int BLOCK_SIZE_BYTES = 1 << 20;

    private final Volume volume;
    private final Digests digests;
    private final Throttle throttle;
    private final Listener listener;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE_BYTES);

    /** Is told of each needle. */
    public interface Listener {
        void checked(IndexEntry entry);

        void failed(IndexEntry entry, String why);
    }

    public ScrubPass(Volume volume, Digests digests, Throttle throttle, Listener listener) {
        this.volume = volume;
        this.digests = digests;
        this.throttle = throttle;
        this.listener = listener;
    }

    /** Checks what is there when it comes by. False: it was told to stop before the end. */
    public boolean run() throws IOException {
        Optional<ObjectId> first = volume.find(new ObjectId(0, 0)).map(IndexEntry::id);
        if (first.isPresent() && !check(first.get())) {
            return false;
        }
        ObjectId after = new ObjectId(0, 0);
        while (true) {
            List<IndexEntry> page = volume.list(after, PAGE_COUNT_MAX);
            if (page.isEmpty()) {
                return true;
            }
            for (IndexEntry entry : page) {
                if (!check(entry.id())) {
                    return false;
                }
            }
            after = page.getLast().id();
        }
    }

    private boolean check(ObjectId id) throws IOException {
        // Compaction may move a needle between the look-up and the read, deletes may end it.
        while (true) {
            Optional<IndexEntry> entry = volume.find(id);
            if (entry.isEmpty()) {
                return true;
            }
            try {
                return check(entry.get());
            } catch (NoSuchFileException moved) {
                Optional<IndexEntry> now = volume.find(id);
                if (now.isPresent() && now.get().samePlaceAs(entry.get())) {
                    throw moved;
                }
            }
        }
    }

    private boolean check(IndexEntry entry) throws IOException {
        Digests.Running digest = digests.start();
        long sizeBytes = entry.header().sizeBytes();
        try {
            for (long offsetBytes = 0; offsetBytes < sizeBytes; offsetBytes += BLOCK_SIZE_BYTES) {
                int pieceBytes = (int) Math.min(BLOCK_SIZE_BYTES, sizeBytes - offsetBytes);
                if (!throttle.allow(pieceBytes)) {
                    return false;
                }
                block.clear().limit(pieceBytes);
                volume.segments().read(entry.position(), NeedleHeader.SIZE_BYTES + offsetBytes, block);
                digest.update(block.flip());
            }
        } catch (CorruptDataException bad) {
            quarantine(entry, String.valueOf(bad.getMessage()));
            return true;
        }
        if (!digest.finish().equals(entry.header().digest())) {
            quarantine(entry, "its bytes do not match its digest");
            return true;
        }
        listener.checked(entry);
        return true;
    }

    private void quarantine(IndexEntry entry, String why) throws IOException {
        volume.quarantine().add(entry.id(), entry.sequence());
        volume.damages()
                .add(new Damage(
                        entry.segment(),
                        entry.offsetBytes(),
                        Replay.recordBytes(entry),
                        "needle " + entry.id() + ": " + why));
        listener.failed(entry, why);
    }
}
