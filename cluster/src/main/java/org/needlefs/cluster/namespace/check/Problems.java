package org.needlefs.cluster.namespace.check;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.namespace.command.Mend;

/** What a check has found so far. Bound: {@link NamespaceCheck#PROBLEM_COUNT_MAX}, the rest is not kept. Confined to one thread. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    /** Something is wrong unless {@code good}. */
    @FormatMethod
    void expect(Optional<Mend> mend, boolean good, @FormatString String sentence, Object... arguments) {
        if (!good && found.size() < NamespaceCheck.PROBLEM_COUNT_MAX) {
            found.add(new Problem(String.format(sentence, arguments), mend));
        }
    }

    @FormatMethod
    void report(Mend mend, @FormatString String sentence, Object... arguments) {
        expect(Optional.of(mend), false, sentence, arguments);
    }

    /** In the order in which they were found. */
    List<Problem> found() {
        return List.copyOf(found);
    }
}
