package org.needlefs.cluster.namespace.check;

import java.util.Optional;
import org.needlefs.cluster.namespace.command.Mend;

/**
 * Something that contradicts an invariant of the namespace.
 *
 * @param sentence for people
 * @param mend what would put it right, if anything can
 */
public record Problem(String sentence, Optional<Mend> mend) {}
