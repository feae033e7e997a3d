package org.needlefs.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is shown the records of a log in the order in which they were appended. */
public interface RecordVisitor {
    /**
     * @param prefix the first bytes of the body, as many as were asked for or as there are; borrowed. Verified if the
     *     whole body was asked for
     */
    void record(long sequence, byte type, RecordPosition position, ByteBuffer prefix) throws IOException;

    /** Bytes that no intact record claims, in a place where durable records were. Throwing ends the scan. */
    void damaged(long segment, long offsetBytes, long sizeBytes, String why) throws IOException;
}
