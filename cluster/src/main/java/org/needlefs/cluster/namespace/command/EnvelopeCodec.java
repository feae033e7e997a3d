package org.needlefs.cluster.namespace.command;

import java.util.ArrayList;
import java.util.List;
import org.needlefs.storage.CorruptDataException;

/**
 * The body of a record of the namespace's log: a batch of envelopes.
 *
 * <pre>
 * byte     format version, {@link #FORMAT_VERSION}
 * varint   count of envelopes, each:
 *   varint   session
 *   varint   sequence
 *   8 bytes  time
 *   varint   sequence less the acknowledged one
 *   command  as {@link CommandCodec} has it
 * </pre>
 */
public final class EnvelopeCodec {
    public static final int FORMAT_VERSION = 1;

    private EnvelopeCodec() {}

    public static void put(ByteWriter out, List<Envelope> envelopes) {
        out.putByte(FORMAT_VERSION).putVarint(envelopes.size());
        for (Envelope envelope : envelopes) {
            out.putVarint(envelope.session());
            out.putVarint(envelope.sequence());
            out.putLong(envelope.timeNanos());
            out.putSigned(envelope.sequence() - envelope.acknowledgedBelow());
            CommandCodec.put(out, envelope.command());
        }
    }

    public static List<Envelope> take(ByteReader in) throws CorruptDataException {
        int version = in.takeByte();
        if (version != FORMAT_VERSION) {
            throw new CorruptDataException("commands of format " + version + ", this program reads " + FORMAT_VERSION);
        }
        int count = in.takeCount(in.remainingBytes());
        List<Envelope> envelopes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long session = in.takeVarint();
            long sequence = in.takeVarint();
            long timeNanos = in.takeLong();
            long acknowledgedBelow = sequence - in.takeSigned();
            envelopes.add(new Envelope(session, sequence, timeNanos, acknowledgedBelow, CommandCodec.take(in)));
        }
        in.end();
        return envelopes;
    }
}
