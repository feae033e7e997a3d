package org.needlefs.cluster.namespace.command;

import java.util.Optional;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;

/** What became of a command. Remembered until its session has acknowledged it, so that a repetition gets the same. */
public sealed interface Outcome {
    Outcome DONE = new Done();

    /** Nothing has changed. */
    record Refused(Errno errno, String why) implements Outcome {}

    record Done() implements Outcome {}

    /** The node that the command was about, as it is now. */
    record Node(Attributes attributes) implements Outcome {}

    record Replaced(Optional<Attributes> attributes) implements Outcome {}

    record Flag(boolean value) implements Outcome {}

    record Numbered(long value) implements Outcome {}
}
