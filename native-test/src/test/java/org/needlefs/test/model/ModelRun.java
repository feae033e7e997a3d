package org.needlefs.test.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.needlefs.test.system.LinuxCalls;

/** Applies steps to a directory and to a fresh model, and finds the first difference. Threading: one thread. */
final class ModelRun {
    private final Machine model = new ModelFileSystem();
    private final Machine real;

    private ModelRun(LinuxCalls calls) {
        this.real = new KernelFileSystem(calls);
    }

    /** A run in a directory that must be empty. */
    static ModelRun in(LinuxCalls calls) {
        return new ModelRun(calls);
    }

    /** What is different after this step, empty if nothing is. */
    Optional<String> difference(Step step) {
        Outcome expected = step.apply(model);
        Outcome actual = step.apply(real);
        return expected.allows(actual)
                ? Optional.empty()
                : Optional.of("%s%n  model: %s%n  real:  %s".formatted(step, expected, actual));
    }

    /** What is different in all that a walk sees, empty if nothing is. */
    Optional<String> treeDifference() {
        SortedMap<String, Outcome> expected = model.tree();
        SortedMap<String, Outcome> actual = real.tree();
        TreeSet<String> paths = new TreeSet<>(expected.keySet());
        paths.addAll(actual.keySet());
        for (String path : paths) {
            Outcome wanted = expected.getOrDefault(path, Outcome.of(0, "nothing"));
            Outcome found = actual.getOrDefault(path, Outcome.of(0, "nothing"));
            if (!wanted.allows(found)) {
                return Optional.of("tree at '%s'%n  model: %s%n  real:  %s".formatted(path, wanted, found));
            }
        }
        return Optional.empty();
    }

    void closeAll() {
        for (int slot = 0; slot < StepGenerator.SLOTS; slot++) {
            for (Machine machine : List.of(model, real)) {
                var ignored = machine.close(slot);
            }
        }
    }

    /** All steps and the tree at the end. */
    Optional<String> difference(List<Step> steps) {
        try {
            for (Step step : steps) {
                Optional<String> difference = difference(step);
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return treeDifference();
        } finally {
            closeAll();
        }
    }

    /**
     * Fewer steps that still differ: drops ever smaller stretches for as long as one can go.
     *
     * @param attemptsMax how many runs it may take
     */
    static List<Step> shrink(List<Step> failing, int attemptsMax, Predicate<List<Step>> fails) {
        List<Step> steps = failing;
        int attempts = 0;
        for (int stretch = steps.size(); stretch >= 1; stretch = stretch / 2) {
            for (int from = 0; from < steps.size() && attempts < attemptsMax; attempts++) {
                List<Step> fewer = new ArrayList<>(steps.subList(0, from));
                fewer.addAll(steps.subList(Math.min(steps.size(), from + stretch), steps.size()));
                if (!fewer.isEmpty() && fails.test(fewer)) {
                    steps = fewer;
                } else {
                    from += stretch;
                }
            }
        }
        return List.copyOf(steps);
    }
}
