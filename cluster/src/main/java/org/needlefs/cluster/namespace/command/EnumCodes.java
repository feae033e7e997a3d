package org.needlefs.cluster.namespace.command;

import java.util.List;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.storage.CorruptDataException;

/** The numbers that stand for constants in every format: their places in these lists, which only ever grow. */
public final class EnumCodes {
    public static final List<NodeKind> NODE_KINDS = List.of(
            NodeKind.FILE,
            NodeKind.DIRECTORY,
            NodeKind.SYMLINK,
            NodeKind.FIFO,
            NodeKind.SOCKET,
            NodeKind.CHARACTER_DEVICE,
            NodeKind.BLOCK_DEVICE);
    static final List<RenameMode> RENAME_MODES =
            List.of(RenameMode.REPLACE, RenameMode.NO_REPLACE, RenameMode.EXCHANGE);
    static final List<AllocateMode> ALLOCATE_MODES = List.of(
            AllocateMode.EXTEND,
            AllocateMode.KEEP_SIZE,
            AllocateMode.PUNCH_HOLE,
            AllocateMode.ZERO_RANGE,
            AllocateMode.ZERO_RANGE_KEEP_SIZE);
    static final List<XattrMode> XATTR_MODES = List.of(XattrMode.ANY, XattrMode.CREATE, XattrMode.REPLACE);

    private EnumCodes() {}

    /** Writes the place of the constant as a byte. */
    public static <E> void put(ByteWriter out, List<E> codes, E constant) {
        out.putByte(codes.indexOf(constant));
    }

    public static <E> E take(ByteReader in, List<E> codes) throws CorruptDataException {
        int code = in.takeByte();
        if (code >= codes.size()) {
            throw new CorruptDataException("code " + code + " stands for nothing, there are " + codes.size());
        }
        return codes.get(code);
    }
}
