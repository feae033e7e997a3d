package org.needlefs.cluster.namespace.store;

import org.needlefs.cluster.namespace.command.ByteReader;
import org.needlefs.cluster.namespace.command.ByteWriter;
import org.needlefs.storage.CorruptDataException;

/** How far the stored state is: a byte for the version of all rows, then the index as 8 bytes. */
enum PositionCodec implements RowCodec<Long> {
    INSTANCE;

    static final int FORMAT_VERSION = 1;

    @Override
    public void put(ByteWriter out, Long value) {
        out.putByte(FORMAT_VERSION).putLong(value);
    }

    @Override
    public Long take(ByteReader in, Key key) throws CorruptDataException {
        int version = in.takeByte();
        if (version != FORMAT_VERSION) {
            throw new CorruptDataException("state of format " + version + ", this program reads " + FORMAT_VERSION);
        }
        return in.takeLong();
    }

    @Override
    public int weightBytes(Long value) {
        return 16;
    }
}
