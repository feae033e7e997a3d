package org.needlefs.cluster.namespace.command;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.storage.CorruptDataException;

/** The bytes of an outcome: a byte for its kind, then its fields, as tabled in FORMAT.md under "Namespace". */
public final class OutcomeCodec {
    private OutcomeCodec() {}

    public static void put(ByteWriter out, Outcome outcome) {
        switch (outcome) {
            case Outcome.Refused(Errno errno, String why) ->
                out.putByte(0).putVarint(errno.number()).putBytes(why.getBytes(StandardCharsets.UTF_8));
            case Outcome.Done _ -> out.putByte(1);
            case Outcome.Node(Attributes attributes) -> ModelCodec.putAttributes(out.putByte(2), attributes);
            case Outcome.Replaced(Optional<Attributes> attributes) -> {
                out.putByte(3).putBoolean(attributes.isPresent());
                attributes.ifPresent(present -> ModelCodec.putAttributes(out, present));
            }
            case Outcome.Flag(boolean value) -> out.putByte(4).putBoolean(value);
            case Outcome.Numbered(long value) -> out.putByte(5).putVarint(value);
        }
    }

    public static Outcome take(ByteReader in) throws CorruptDataException {
        int kind = in.takeByte();
        return switch (kind) {
            case 0 -> new Outcome.Refused(errno(in.takeVarint()), new String(in.takeBytes(), StandardCharsets.UTF_8));
            case 1 -> Outcome.DONE;
            case 2 -> new Outcome.Node(ModelCodec.takeAttributes(in));
            case 3 ->
                new Outcome.Replaced(in.takeBoolean() ? Optional.of(ModelCodec.takeAttributes(in)) : Optional.empty());
            case 4 -> new Outcome.Flag(in.takeBoolean());
            case 5 -> new Outcome.Numbered(in.takeVarint());
            default -> throw new CorruptDataException("unknown kind of outcome " + kind);
        };
    }

    private static Errno errno(long number) throws CorruptDataException {
        for (Errno errno : Errno.values()) {
            if (errno.number() == number) {
                return errno;
            }
        }
        throw new CorruptDataException("unknown errno " + number);
    }
}
