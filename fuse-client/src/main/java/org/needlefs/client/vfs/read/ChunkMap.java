package org.needlefs.client.vfs.read;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Extent;

/**
 * Where the committed bytes of one file are, as far as was asked. Forgotten chunk by chunk when something is committed.
 * Bound: {@value #EXTENT_COUNT_MAX} extents and {@value #CHUNK_COUNT_MAX} chunks, oldest forgotten first.
 * Threading: confined to the file's memory lock.
 */
public final class ChunkMap {
    private static final int CHUNK_COUNT_MAX = 64;
    private static final int EXTENT_COUNT_MAX = 4096;

    private final LinkedHashMap<Long, List<Extent>> chunks = new LinkedHashMap<>();
    private int extentCount;
    private Optional<byte[]> inline = Optional.empty();
    private long sequence;

    /** Counts forgetting: what was asked for before it changed must not be kept. */
    public long sequence() {
        return sequence;
    }

    /** The file's whole content, if it lives in the inode and that is known. */
    public Optional<byte[]> inline() {
        return inline;
    }

    /** The extents of a chunk; empty if they are not known. */
    public Optional<List<Extent>> extents(long chunkIndex) {
        return Optional.ofNullable(chunks.get(chunkIndex));
    }

    public void clear() {
        sequence++;
        chunks.clear();
        extentCount = 0;
        inline = Optional.empty();
    }

    public void clearChunks(List<Long> chunkIndexes) {
        sequence++;
        inline = Optional.empty();
        chunkIndexes.forEach(this::clearChunk);
    }

    private void clearChunk(long chunkIndex) {
        extentCount -= chunks.getOrDefault(chunkIndex, List.of()).size();
        chunks.remove(chunkIndex);
    }

    /** Keeps an answer that was asked for when the sequence was {@code askedSequence}. */
    public void keep(long askedSequence, long firstChunk, int chunkCount, Content content) {
        if (askedSequence != sequence) {
            return;
        }
        switch (content) {
            case Content.Inline whole -> inline = Optional.of(whole.bytes());
            case Content.Chunks some -> {
                for (int i = 0; i < chunkCount; i++) {
                    put(firstChunk + i, List.of());
                }
                for (Chunk chunk : some.chunks()) {
                    put(chunk.index(), chunk.extents());
                }
            }
        }
    }

    private void put(long chunkIndex, List<Extent> extents) {
        clearChunk(chunkIndex);
        while (!chunks.isEmpty()
                && (chunks.size() >= CHUNK_COUNT_MAX || extentCount + extents.size() > EXTENT_COUNT_MAX)) {
            Map.Entry<Long, List<Extent>> oldest = chunks.firstEntry();
            clearChunk(oldest.getKey());
        }
        chunks.put(chunkIndex, extents);
        extentCount += extents.size();
    }
}
