package org.needlefs.client.admin;

/** What a node says to an {@link AdminCommand}: any number of {@link Progress}, then one of the others. */
public sealed interface AdminAnswer {
    /** @param totalCount 0 if it is not known */
    record Progress(String what, long doneCount, long totalCount) implements AdminAnswer {}

    /** The command was carried out; {@code exitCode} tells whether what it found is good. */
    record Done(Report report, ExitCode exitCode) implements AdminAnswer {}

    /**
     * The command was not carried out.
     *
     * @param why a line for the user
     */
    record Failed(String why) implements AdminAnswer {}
}
