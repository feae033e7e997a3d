package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.needlefs.test.system.ErrorNumber;

/** The rules of one group of system calls; each runs in an empty directory of its own. */
final class Checks {
    /** What a filesystem or a binding to the kernel may be unable to pass on. */
    enum Ability {
        RENAME_FLAGS,
        SEEK_HOLES,
        NAMELESS_FILES,
        LARGE_XATTRS
    }

    private final Set<Ability> abilities;
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(String text, Consumer<Place> body) {}

    Checks(Set<Ability> abilities) {
        this.abilities = Set.copyOf(abilities);
    }

    void check(String rule, Consumer<Place> body) {
        rules.add(new Rule(rule, body));
    }

    /** A rule that only holds where the binding has this ability. */
    void checkIf(Ability ability, String rule, Consumer<Place> body) {
        if (abilities.contains(ability)) {
            check(rule, body);
        }
    }

    int count() {
        return rules.size();
    }

    DynamicContainer tests(String group, Supplier<Place> places) {
        return DynamicContainer.dynamicContainer(
                group,
                rules.stream()
                        .map(rule -> DynamicTest.dynamicTest(rule.text(), () -> {
                            try (Place place = places.get()) {
                                rule.body().accept(place);
                            } catch (AssertionError broken) {
                                throw new AssertionError(
                                        group + ": " + rule.text() + " - " + broken.getMessage(), broken);
                            }
                        })));
    }

    /** The result must be this number, or minus this errno. */
    static void is(long expected, long actual) {
        assertThat(ErrorNumber.show(actual)).isEqualTo(ErrorNumber.show(expected));
    }

    static void succeeds(long... results) {
        for (long result : results) {
            assertThat(ErrorNumber.show(result)).doesNotStartWith("-");
        }
    }
}
