package org.needlefs.cluster.namespace.state;

import java.util.List;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.namespace.store.StateStore;
import org.needlefs.cluster.namespace.store.Table;
import org.needlefs.storage.CorruptDataException;

/**
 * The tables of the namespace.
 *
 * @param nodes inode → node
 * @param entries parent, cookie → entry
 * @param chunks inode, chunk index → extents, sorted, not overlapping, never none
 * @param inline inode → the bytes from the start of a small file; what its size has beyond them is a hole
 * @param xattrs inode → its extended attributes, sorted by their names' bytes, never none
 * @param orphans session, inode → 1: a node without a name that the session holds
 * @param sessions session → what it is owed
 * @param references object → count of chunks that refer to it, if two or more do
 * @param garbage log index, number → object to be deleted
 * @param meta one row
 */
public record NamespaceState(
        StateStore store,
        Table<Node> nodes,
        Table<EntryRow> entries,
        Table<List<Extent>> chunks,
        Table<byte[]> inline,
        Table<List<Xattr>> xattrs,
        Table<Long> orphans,
        Table<SessionRow> sessions,
        Table<Long> references,
        Table<GarbageRow> garbage,
        Table<Meta> meta) {
    /** Opens the tables. {@code cacheBytes} bounds the decoded rows in memory. */
    public static NamespaceState open(StateStore store, long cacheBytes) throws CorruptDataException {
        long share = cacheBytes / 16;
        return new NamespaceState(
                store,
                store.table("nodes", new RowCodecs.Nodes(), 5 * share),
                store.table("entries", new RowCodecs.Entries(), 4 * share),
                store.table("chunks", new RowCodecs.Chunks(), 3 * share),
                store.table("inline", new RowCodecs.Bytes(), 2 * share),
                store.table("xattrs", new RowCodecs.Xattrs(), share),
                store.table("orphans", new RowCodecs.Counts(), share / 8),
                store.table("sessions", new RowCodecs.Sessions(), share / 8),
                store.table("references", new RowCodecs.Counts(), share / 2),
                store.table("garbage", new RowCodecs.Garbage(), share / 8),
                store.table("meta", new RowCodecs.Metas(), share / 8));
    }
}
