package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.Table;

/** The chunks of a file, by number or by range. Under the state's lock. */
public final class ChunkRows {
    /** Up to here chunks are asked for one by one, which the cache answers. */
    private static final int SINGLE_COUNT_MAX = 8;

    private final Table<List<Extent>> table;

    public ChunkRows(Table<List<Extent>> table) {
        this.table = table;
    }

    public List<Extent> get(Inode inode, long index) throws IOException {
        return table.get(new Key(inode.value(), index)).orElse(List.of());
    }

    void put(Inode inode, long index, List<Extent> extents) {
        if (extents.isEmpty()) {
            table.remove(new Key(inode.value(), index));
        } else {
            table.put(new Key(inode.value(), index), extents);
        }
    }

    /** Those of the chunks {@code first} to {@code last} that have extents, in order. */
    public List<Chunk> range(Inode inode, long first, long last) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        if (last >= first && last - first < SINGLE_COUNT_MAX) {
            for (long index = first; index <= last; index++) {
                Optional<List<Extent>> extents = table.get(new Key(inode.value(), index));
                if (extents.isPresent()) {
                    chunks.add(new Chunk(index, extents.get()));
                }
            }
            return chunks;
        }
        table.scan(new Key(inode.value(), first), new Key(inode.value(), last), (key, extents) -> {
            chunks.add(new Chunk(key.low(), extents));
            return true;
        });
        return chunks;
    }
}
