package org.needlefs.cluster.namespace.state;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.cluster.namespace.command.EnumCodes;
import org.needlefs.cluster.namespace.command.ModelCodec;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.command.OutcomeCodec;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.RowCodec;
import org.needlefs.storage.CorruptDataException;

/** The bytes of the rows of each table, as tabled in FORMAT.md under "Namespace". */
final class RowCodecs {
    private RowCodecs() {}

    static final class Nodes implements RowCodec<Node> {
        private static final List<Node.ContentKind> CONTENT_KINDS =
                List.of(Node.ContentKind.NONE, Node.ContentKind.INLINE, Node.ContentKind.CHUNKS);
        private static final int XATTRS = 4;
        private static final int HELD = 8;
        private static final int TARGET = 16;

        @Override
        public void put(ByteWriter out, Node node) {
            boolean target = node.symlinkTarget().length > 0;
            out.putByte(CONTENT_KINDS.indexOf(node.contentKind())
                    | (node.hasXattrs() ? XATTRS : 0)
                    | (node.holder() != 0 ? HELD : 0)
                    | (target ? TARGET : 0));
            ModelCodec.putAttributesOf(out, node.attributes());
            if (node.attributes().isDirectory()) {
                out.putVarint(node.parent()).putVarint(node.entryCount());
            }
            if (node.holder() != 0) {
                out.putVarint(node.holder());
            }
            if (target) {
                out.putBytes(node.symlinkTarget());
            }
        }

        @Override
        public Node take(ByteReader in, Key key) throws CorruptDataException {
            int flags = in.takeByte();
            if ((flags & 3) == 3 || flags >= 32) {
                throw new CorruptDataException("unknown flags " + flags + " of inode " + key.high());
            }
            var attributes = ModelCodec.takeAttributesOf(in, new Inode(key.high()));
            boolean directory = attributes.isDirectory();
            return new Node(
                    attributes,
                    directory ? in.takeVarint() : 0,
                    directory ? in.takeVarint() : 0,
                    CONTENT_KINDS.get(flags & 3),
                    (flags & XATTRS) != 0,
                    (flags & HELD) != 0 ? in.takeVarint() : 0,
                    (flags & TARGET) != 0 ? in.takeBytes() : Node.NO_TARGET);
        }

        @Override
        public int weightBytes(Node node) {
            return 200 + node.symlinkTarget().length;
        }
    }

    static final class Entries implements RowCodec<EntryRow> {
        @Override
        public void put(ByteWriter out, EntryRow row) {
            switch (row) {
                case EntryRow.Named named -> {
                    out.putVarint(named.inode().value());
                    EnumCodes.put(out, EnumCodes.NODE_KINDS, named.kind());
                    ModelCodec.putName(out, named.name());
                }
                case EntryRow.Gap _ -> out.putVarint(0);
            }
        }

        @Override
        public EntryRow take(ByteReader in, Key key) throws CorruptDataException {
            long inode = in.takeVarint();
            if (inode == 0) {
                return new EntryRow.Gap();
            }
            if (inode < 0) {
                throw new CorruptDataException("an entry of inode " + inode);
            }
            NodeKind kind = EnumCodes.take(in, EnumCodes.NODE_KINDS);
            return new EntryRow.Named(ModelCodec.takeName(in), new Inode(inode), kind);
        }

        @Override
        public int weightBytes(EntryRow row) {
            return row instanceof EntryRow.Named named ? 96 + named.name().sizeBytes() : 16;
        }
    }

    static final class Chunks implements RowCodec<List<Extent>> {
        @Override
        public void put(ByteWriter out, List<Extent> extents) {
            ModelCodec.putExtents(out, extents);
        }

        @Override
        public List<Extent> take(ByteReader in, Key key) throws CorruptDataException {
            return ModelCodec.takeExtents(in);
        }

        @Override
        public int weightBytes(List<Extent> extents) {
            return 40 + 72 * extents.size();
        }
    }

    static final class Bytes implements RowCodec<byte[]> {
        @Override
        public void put(ByteWriter out, byte[] bytes) {
            out.putRaw(bytes);
        }

        @Override
        public byte[] take(ByteReader in, Key key) throws CorruptDataException {
            return in.takeRaw(in.remainingBytes());
        }

        @Override
        public int weightBytes(byte[] bytes) {
            return 16 + bytes.length;
        }
    }

    static final class Xattrs implements RowCodec<List<Xattr>> {
        @Override
        public void put(ByteWriter out, List<Xattr> xattrs) {
            out.putVarint(xattrs.size());
            for (Xattr xattr : xattrs) {
                ModelCodec.putName(out, xattr.name());
                out.putBytes(xattr.value());
            }
        }

        @Override
        public List<Xattr> take(ByteReader in, Key key) throws CorruptDataException {
            int count = in.takeCount(in.remainingBytes());
            List<Xattr> xattrs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                xattrs.add(new Xattr(ModelCodec.takeName(in), in.takeBytes()));
            }
            return List.copyOf(xattrs);
        }

        @Override
        public int weightBytes(List<Xattr> xattrs) {
            int bytes = 40;
            for (Xattr xattr : xattrs) {
                bytes += 96 + xattr.name().sizeBytes() + xattr.value().length;
            }
            return bytes;
        }
    }

    /** A varint. */
    static final class Counts implements RowCodec<Long> {
        @Override
        public void put(ByteWriter out, Long count) {
            out.putVarint(count);
        }

        @Override
        public Long take(ByteReader in, Key key) throws CorruptDataException {
            return in.takeVarint();
        }

        @Override
        public int weightBytes(Long count) {
            return 24;
        }
    }

    static final class Garbage implements RowCodec<GarbageRow> {
        @Override
        public void put(ByteWriter out, GarbageRow row) {
            ModelCodec.putObject(out, row.object());
            out.putLong(row.freedNanos());
        }

        @Override
        public GarbageRow take(ByteReader in, Key key) throws CorruptDataException {
            return new GarbageRow(ModelCodec.takeObject(in), in.takeLong());
        }

        @Override
        public int weightBytes(GarbageRow row) {
            return 64;
        }
    }

    static final class Sessions implements RowCodec<SessionRow> {
        @Override
        public void put(ByteWriter out, SessionRow row) {
            out.putVarint(row.acknowledgedBelow());
            out.putVarint(row.orphanCount());
            out.putVarint(row.outcomes().size());
            row.outcomes().forEach((sequence, outcome) -> OutcomeCodec.put(out.putVarint(sequence), outcome));
        }

        @Override
        public SessionRow take(ByteReader in, Key key) throws CorruptDataException {
            long acknowledgedBelow = in.takeVarint();
            long orphanCount = in.takeVarint();
            int count = in.takeCount(in.remainingBytes());
            SortedMap<Long, Outcome> outcomes = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                long sequence = in.takeVarint();
                outcomes.put(sequence, OutcomeCodec.take(in));
            }
            return new SessionRow(acknowledgedBelow, orphanCount, outcomes);
        }

        @Override
        public int weightBytes(SessionRow row) {
            return 64 + 320 * row.outcomes().size();
        }
    }

    static final class Metas implements RowCodec<Meta> {
        @Override
        public void put(ByteWriter out, Meta meta) {
            out.putLong(meta.filesystemId().getMostSignificantBits());
            out.putLong(meta.filesystemId().getLeastSignificantBits());
            out.putVarint(meta.geometry().chunkSizeBytes());
            out.putVarint(meta.geometry().inlineSizeMax());
            out.putVarint(meta.nextInode()).putVarint(meta.nextSession());
            out.putVarint(meta.inodeCount()).putVarint(meta.contentBytes());
            out.putVarint(meta.sharedCount()).putVarint(meta.garbageCount());
        }

        @Override
        public Meta take(ByteReader in, Key key) throws CorruptDataException {
            return new Meta(
                    new UUID(in.takeLong(), in.takeLong()),
                    new Geometry(in.takeCount(Integer.MAX_VALUE), in.takeCount(Integer.MAX_VALUE)),
                    in.takeVarint(),
                    in.takeVarint(),
                    in.takeVarint(),
                    in.takeVarint(),
                    in.takeVarint(),
                    in.takeVarint());
        }

        @Override
        public int weightBytes(Meta meta) {
            return 120;
        }
    }
}
