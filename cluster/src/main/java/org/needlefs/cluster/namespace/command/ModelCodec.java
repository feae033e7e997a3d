package org.needlefs.cluster.namespace.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.Write;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;

/** The bytes of the model's values, as tabled in FORMAT.md under "Namespace". */
public final class ModelCodec {
    private static final int WHOLE = 0;
    private static final int EXTENTS = 1;

    private ModelCodec() {}

    public static void putInode(ByteWriter out, Inode inode) {
        out.putVarint(inode.value());
    }

    public static Inode takeInode(ByteReader in) throws CorruptDataException {
        long value = in.takeVarint();
        if (value <= 0) {
            throw new CorruptDataException("no inode has the number " + value);
        }
        return new Inode(value);
    }

    public static void putName(ByteWriter out, Name name) {
        out.putBytes(name.bytes());
    }

    public static Name takeName(ByteReader in) throws CorruptDataException {
        try {
            return Name.of(in.takeBytes());
        } catch (FsException e) {
            throw new CorruptDataException("not a name", e);
        }
    }

    public static void putAttributes(ByteWriter out, Attributes attributes) {
        putInode(out, attributes.inode());
        putAttributesOf(out, attributes);
    }

    public static Attributes takeAttributes(ByteReader in) throws CorruptDataException {
        return takeAttributesOf(in, takeInode(in));
    }

    /** All but the inode's number. Times are stored as distances from the birth: a byte each for most files. */
    public static void putAttributesOf(ByteWriter out, Attributes attributes) {
        EnumCodes.put(out, EnumCodes.NODE_KINDS, attributes.kind());
        out.putVarint(attributes.permissions());
        out.putVarint(attributes.linkCount());
        out.putVarint(Integer.toUnsignedLong(attributes.userId()));
        out.putVarint(Integer.toUnsignedLong(attributes.groupId()));
        out.putVarint(attributes.deviceNumber());
        out.putVarint(attributes.sizeBytes());
        out.putVarint(attributes.allocatedBytes());
        out.putLong(attributes.birthNanos());
        out.putSigned(attributes.accessNanos() - attributes.birthNanos());
        out.putSigned(attributes.modifyNanos() - attributes.birthNanos());
        out.putSigned(attributes.changeNanos() - attributes.birthNanos());
        out.putVarint(attributes.version());
    }

    public static Attributes takeAttributesOf(ByteReader in, Inode inode) throws CorruptDataException {
        NodeKind kind = EnumCodes.take(in, EnumCodes.NODE_KINDS);
        int permissions = (int) in.takeVarint();
        int linkCount = (int) in.takeVarint();
        int userId = (int) in.takeVarint();
        int groupId = (int) in.takeVarint();
        long deviceNumber = in.takeVarint();
        long sizeBytes = in.takeVarint();
        long allocatedBytes = in.takeVarint();
        long birthNanos = in.takeLong();
        long accessNanos = birthNanos + in.takeSigned();
        long modifyNanos = birthNanos + in.takeSigned();
        long changeNanos = birthNanos + in.takeSigned();
        return new Attributes(
                inode,
                kind,
                permissions,
                linkCount,
                userId,
                groupId,
                deviceNumber,
                sizeBytes,
                allocatedBytes,
                accessNanos,
                modifyNanos,
                changeNanos,
                birthNanos,
                in.takeVarint());
    }

    static void putNewNode(ByteWriter out, NewNode node) {
        EnumCodes.put(out, EnumCodes.NODE_KINDS, node.kind());
        out.putVarint(node.permissions());
        out.putVarint(Integer.toUnsignedLong(node.userId()));
        out.putVarint(Integer.toUnsignedLong(node.groupId()));
        out.putVarint(node.deviceNumber());
        out.putBytes(node.symlinkTarget());
    }

    static NewNode takeNewNode(ByteReader in) throws CorruptDataException {
        return new NewNode(
                EnumCodes.take(in, EnumCodes.NODE_KINDS),
                (int) in.takeVarint(),
                (int) in.takeVarint(),
                (int) in.takeVarint(),
                in.takeVarint(),
                in.takeBytes());
    }

    static void putChange(ByteWriter out, AttributeChange change) {
        out.putByte((change.permissions().isPresent() ? 1 : 0)
                | (change.userId().isPresent() ? 2 : 0)
                | (change.groupId().isPresent() ? 4 : 0)
                | (change.sizeBytes().isPresent() ? 8 : 0)
                | (change.accessNanos().isPresent() ? 16 : 0)
                | (change.modifyNanos().isPresent() ? 32 : 0));
        change.permissions().ifPresent(out::putVarint);
        change.userId().ifPresent(value -> out.putVarint(Integer.toUnsignedLong(value)));
        change.groupId().ifPresent(value -> out.putVarint(Integer.toUnsignedLong(value)));
        change.sizeBytes().ifPresent(out::putVarint);
        change.accessNanos().ifPresent(out::putLong);
        change.modifyNanos().ifPresent(out::putLong);
    }

    static AttributeChange takeChange(ByteReader in) throws CorruptDataException {
        int present = in.takeByte();
        return new AttributeChange(
                (present & 1) != 0 ? OptionalInt.of((int) in.takeVarint()) : OptionalInt.empty(),
                (present & 2) != 0 ? OptionalInt.of((int) in.takeVarint()) : OptionalInt.empty(),
                (present & 4) != 0 ? OptionalInt.of((int) in.takeVarint()) : OptionalInt.empty(),
                (present & 8) != 0 ? OptionalLong.of(in.takeVarint()) : OptionalLong.empty(),
                (present & 16) != 0 ? OptionalLong.of(in.takeLong()) : OptionalLong.empty(),
                (present & 32) != 0 ? OptionalLong.of(in.takeLong()) : OptionalLong.empty());
    }

    public static void putObject(ByteWriter out, ObjectId object) {
        out.putVarint(object.high()).putVarint(object.low());
    }

    public static ObjectId takeObject(ByteReader in) throws CorruptDataException {
        return new ObjectId(in.takeVarint(), in.takeVarint());
    }

    public static void putExtents(ByteWriter out, List<Extent> extents) {
        out.putVarint(extents.size());
        for (Extent extent : extents) {
            out.putVarint(extent.chunkOffsetBytes());
            out.putVarint(extent.sizeBytes());
            out.putVarint(extent.objectOffsetBytes());
            putObject(out, extent.object());
        }
    }

    public static List<Extent> takeExtents(ByteReader in) throws CorruptDataException {
        int count = in.takeCount(in.remainingBytes());
        List<Extent> extents = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int chunkOffsetBytes = in.takeCount(Integer.MAX_VALUE);
            int sizeBytes = in.takeCount(Integer.MAX_VALUE);
            int objectOffsetBytes = in.takeCount(Integer.MAX_VALUE);
            if (sizeBytes == 0) {
                throw new CorruptDataException("an extent of no bytes");
            }
            extents.add(new Extent(chunkOffsetBytes, sizeBytes, takeObject(in), objectOffsetBytes));
        }
        return List.copyOf(extents);
    }

    static void putWrite(ByteWriter out, Write write) {
        switch (write) {
            case Write.Whole(byte[] bytes) -> out.putByte(WHOLE).putBytes(bytes);
            case Write.Extents(List<Chunk> chunks) -> {
                out.putByte(EXTENTS).putVarint(chunks.size());
                for (Chunk chunk : chunks) {
                    out.putVarint(chunk.index());
                    putExtents(out, chunk.extents());
                }
            }
        }
    }

    static Write takeWrite(ByteReader in) throws CorruptDataException {
        int kind = in.takeByte();
        if (kind == WHOLE) {
            return new Write.Whole(in.takeBytes());
        }
        if (kind != EXTENTS) {
            throw new CorruptDataException("unknown kind of write " + kind);
        }
        int count = in.takeCount(in.remainingBytes());
        List<Chunk> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chunks.add(new Chunk(in.takeVarint(), takeExtents(in)));
        }
        return new Write.Extents(List.copyOf(chunks));
    }
}
