package org.needlefs.cluster.namespace.command;

/**
 * A command with who gave it and when.
 *
 * @param session that gave it; {@link #SYSTEM} for the namespace itself
 * @param sequence of the command in its session, from 1 on: the same sequence is executed once, however often it comes
 * @param timeNanos what the proposer's clock showed, since 1970
 * @param acknowledgedBelow the session knows the outcomes of all its commands below this sequence
 */
public record Envelope(long session, long sequence, long timeNanos, long acknowledgedBelow, Command command) {
    /** Commands of this session may be executed twice: they are such that it makes no difference. */
    public static final long SYSTEM = 0;

    public static Envelope system(long timeNanos, Command command) {
        return new Envelope(SYSTEM, 0, timeNanos, 0, command);
    }
}
