package org.needlefs.cluster.namespace.command;

import static org.needlefs.cluster.namespace.command.ModelCodec.putExtents;
import static org.needlefs.cluster.namespace.command.ModelCodec.putInode;
import static org.needlefs.cluster.namespace.command.ModelCodec.putName;
import static org.needlefs.cluster.namespace.command.ModelCodec.takeExtents;
import static org.needlefs.cluster.namespace.command.ModelCodec.takeInode;
import static org.needlefs.cluster.namespace.command.ModelCodec.takeName;

import java.util.UUID;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.storage.CorruptDataException;

/** The bytes of a command: a byte for its kind, then its fields, as tabled in FORMAT.md under "Namespace". */
public final class CommandCodec {
    private CommandCodec() {}

    public static void put(ByteWriter out, Command command) {
        switch (command) {
            case Command.Format c -> {
                out.putByte(1);
                out.putLong(c.filesystemId().getMostSignificantBits());
                out.putLong(c.filesystemId().getLeastSignificantBits());
                out.putVarint(c.geometry().chunkSizeBytes())
                        .putVarint(c.geometry().inlineSizeMax());
                out.putVarint(c.rootPermissions());
                out.putVarint(Integer.toUnsignedLong(c.rootUserId()));
                out.putVarint(Integer.toUnsignedLong(c.rootGroupId()));
            }
            case Command.OpenSession _ -> out.putByte(2);
            case Command.CloseSession c -> out.putByte(3).putVarint(c.session()).putVarint(c.orphanCountMax());
            case Command.Make c -> {
                putInode(out.putByte(4), c.parent());
                putName(out, c.name());
                ModelCodec.putNewNode(out, c.node());
            }
            case Command.MakeOrphan c -> ModelCodec.putNewNode(out.putByte(5), c.node());
            case Command.Link c -> {
                putInode(out.putByte(6), c.inode());
                putInode(out, c.newParent());
                putName(out, c.newName());
            }
            case Command.Unlink c -> {
                putInode(out.putByte(7), c.parent());
                putName(out, c.name());
                out.putBoolean(c.hold());
            }
            case Command.RemoveDirectory c -> {
                putInode(out.putByte(8), c.parent());
                putName(out, c.name());
                out.putBoolean(c.hold());
            }
            case Command.Rename c -> {
                putInode(out.putByte(9), c.parent());
                putName(out, c.name());
                putInode(out, c.newParent());
                putName(out, c.newName());
                EnumCodes.put(out, EnumCodes.RENAME_MODES, c.mode());
                out.putBoolean(c.hold());
            }
            case Command.Release c -> putInode(out.putByte(10), c.inode());
            case Command.SetAttributes c -> {
                putInode(out.putByte(11), c.inode());
                ModelCodec.putChange(out, c.change());
            }
            case Command.WriteContent c -> {
                putInode(out.putByte(12), c.inode());
                ModelCodec.putWrite(out, c.write());
                out.putVarint(c.sizeAtLeastBytes()).putLong(c.modifyNanos()).putBoolean(c.dropPrivileges());
            }
            case Command.ReplaceExtents c -> {
                putInode(out.putByte(13), c.inode());
                out.putVarint(c.chunkIndex());
                putExtents(out, c.expected());
                putExtents(out, c.replacement());
            }
            case Command.ShareExtents c -> {
                putInode(out.putByte(14), c.source());
                out.putVarint(c.sourceOffsetBytes());
                putInode(out, c.target());
                out.putVarint(c.targetOffsetBytes()).putVarint(c.sizeBytes()).putLong(c.modifyNanos());
            }
            case Command.Allocate c -> {
                putInode(out.putByte(15), c.inode());
                EnumCodes.put(out, EnumCodes.ALLOCATE_MODES, c.mode());
                out.putVarint(c.offsetBytes()).putVarint(c.sizeBytes());
            }
            case Command.SetXattr c -> {
                putInode(out.putByte(16), c.inode());
                putName(out, c.name());
                out.putBytes(c.value());
                EnumCodes.put(out, EnumCodes.XATTR_MODES, c.mode());
            }
            case Command.RemoveXattr c -> {
                putInode(out.putByte(17), c.inode());
                putName(out, c.name());
            }
            case Command.GarbageDone c ->
                out.putByte(18).putVarint(c.logIndex()).putVarint(c.number());
            case Command.Repair c -> putMend(out.putByte(19), c.mend());
        }
    }

    public static Command take(ByteReader in) throws CorruptDataException {
        int kind = in.takeByte();
        return switch (kind) {
            case 1 ->
                new Command.Format(
                        new UUID(in.takeLong(), in.takeLong()),
                        new Geometry(in.takeCount(Integer.MAX_VALUE), in.takeCount(Integer.MAX_VALUE)),
                        (int) in.takeVarint(),
                        (int) in.takeVarint(),
                        (int) in.takeVarint());
            case 2 -> new Command.OpenSession();
            case 3 -> new Command.CloseSession(in.takeVarint(), in.takeCount(Integer.MAX_VALUE));
            case 4 -> new Command.Make(takeInode(in), takeName(in), ModelCodec.takeNewNode(in));
            case 5 -> new Command.MakeOrphan(ModelCodec.takeNewNode(in));
            case 6 -> new Command.Link(takeInode(in), takeInode(in), takeName(in));
            case 7 -> new Command.Unlink(takeInode(in), takeName(in), in.takeBoolean());
            case 8 -> new Command.RemoveDirectory(takeInode(in), takeName(in), in.takeBoolean());
            case 9 ->
                new Command.Rename(
                        takeInode(in),
                        takeName(in),
                        takeInode(in),
                        takeName(in),
                        EnumCodes.take(in, EnumCodes.RENAME_MODES),
                        in.takeBoolean());
            case 10 -> new Command.Release(takeInode(in));
            case 11 -> new Command.SetAttributes(takeInode(in), ModelCodec.takeChange(in));
            case 12 ->
                new Command.WriteContent(
                        takeInode(in), ModelCodec.takeWrite(in), in.takeVarint(), in.takeLong(), in.takeBoolean());
            case 13 -> new Command.ReplaceExtents(takeInode(in), in.takeVarint(), takeExtents(in), takeExtents(in));
            case 14 ->
                new Command.ShareExtents(
                        takeInode(in), in.takeVarint(), takeInode(in), in.takeVarint(), in.takeVarint(), in.takeLong());
            case 15 ->
                new Command.Allocate(
                        takeInode(in), EnumCodes.take(in, EnumCodes.ALLOCATE_MODES), in.takeVarint(), in.takeVarint());
            case 16 ->
                new Command.SetXattr(
                        takeInode(in), takeName(in), in.takeBytes(), EnumCodes.take(in, EnumCodes.XATTR_MODES));
            case 17 -> new Command.RemoveXattr(takeInode(in), takeName(in));
            case 18 -> new Command.GarbageDone(in.takeVarint(), in.takeVarint());
            case 19 -> new Command.Repair(takeMend(in));
            default -> throw new CorruptDataException("unknown kind of command " + kind);
        };
    }

    private static void putMend(ByteWriter out, Mend mend) {
        switch (mend) {
            case Mend.Numbers m -> {
                putInode(out.putByte(1), m.inode());
                out.putVarint(m.linkCount());
                putInode(out, m.parent());
                out.putVarint(m.entryCount()).putVarint(m.allocatedBytes());
            }
            case Mend.DropEntry m -> {
                putInode(out.putByte(2), m.parent());
                out.putVarint(m.cookie());
            }
            case Mend.Adopt m -> {
                putInode(out.putByte(3), m.inode());
                putInode(out, m.parent());
                putName(out, m.name());
            }
            case Mend.LetGo m -> putInode(out.putByte(4).putVarint(m.session()), m.inode());
            case Mend.DropRows m -> putInode(out.putByte(5), m.inode());
            case Mend.DropExtents m -> {
                putInode(out.putByte(6), m.inode());
                out.putVarint(m.chunkIndex());
                ModelCodec.putObject(out, m.object());
            }
            case Mend.References m -> {
                ModelCodec.putObject(out.putByte(7), m.object());
                out.putVarint(m.count());
            }
            case Mend.Totals m ->
                out.putByte(8)
                        .putVarint(m.inodeCount())
                        .putVarint(m.contentBytes())
                        .putVarint(m.sharedCount())
                        .putVarint(m.garbageCount())
                        .putVarint(m.nextInode());
            case Mend.CutBehindEnd m -> {
                putInode(out.putByte(9), m.inode());
                out.putVarint(m.chunkIndex());
            }
            case Mend.KeepOneContent m -> putInode(out.putByte(10), m.inode());
            case Mend.RetypeEntry m -> {
                putInode(out.putByte(11), m.parent());
                out.putVarint(m.cookie());
            }
            case Mend.DropGarbage m -> out.putByte(12).putVarint(m.logIndex()).putVarint(m.number());
        }
    }

    private static Mend takeMend(ByteReader in) throws CorruptDataException {
        int kind = in.takeByte();
        return switch (kind) {
            case 1 ->
                new Mend.Numbers(takeInode(in), (int) in.takeVarint(), takeInode(in), in.takeVarint(), in.takeVarint());
            case 2 -> new Mend.DropEntry(takeInode(in), in.takeVarint());
            case 3 -> new Mend.Adopt(takeInode(in), takeInode(in), takeName(in));
            case 4 -> new Mend.LetGo(in.takeVarint(), takeInode(in));
            case 5 -> new Mend.DropRows(takeInode(in));
            case 6 -> new Mend.DropExtents(takeInode(in), in.takeVarint(), ModelCodec.takeObject(in));
            case 7 -> new Mend.References(ModelCodec.takeObject(in), in.takeVarint());
            case 8 ->
                new Mend.Totals(in.takeVarint(), in.takeVarint(), in.takeVarint(), in.takeVarint(), in.takeVarint());
            case 9 -> new Mend.CutBehindEnd(takeInode(in), in.takeVarint());
            case 10 -> new Mend.KeepOneContent(takeInode(in));
            case 11 -> new Mend.RetypeEntry(takeInode(in), in.takeVarint());
            case 12 -> new Mend.DropGarbage(in.takeVarint(), in.takeVarint());
            default -> throw new CorruptDataException("unknown kind of repair " + kind);
        };
    }
}
