package org.needlefs.test.model;

import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;

/**
 * Random file operations, the same on the mount and on the model: same results, same errno, same tree, also after a
 * remount. Replay: {@code -Dneedlefs.seed=N}; as many as wanted: {@code -Dneedlefs.model.steps=N}.
 */
final class MountModelIT {
    private static final int STEPS = Integer.getInteger("needlefs.model.steps", 100_000);
    private static final int STEPS_BETWEEN_TREES = 5_000;
    private static final int STEPS_BETWEEN_REMOUNTS = 20_000;
    private static final int SHRINK_ATTEMPTS_MAX = 400;

    @Test
    void randomOperationsAnswerLikeTheModel() {
        run("kernel", true, STEPS);
    }

    @Test
    void randomOperationsThroughJnrAnswerLikeTheModel() {
        run("jnr", false, STEPS / 5);
    }

    private static void run(String binding, boolean renameFlags, int stepCount) {
        long seed = Long.getLong("needlefs.seed", System.nanoTime());
        System.out.printf("MountModelIT %s: %,d steps, -Dneedlefs.seed=%d%n", binding, stepCount, seed);
        try (TestFileSystem fileSystem = TestFileSystem.open("fuse=" + binding)) {
            LinuxCalls.done("mkdir", fileSystem.calls().mkdir("run", 0755));
            ModelRun run = ModelRun.in(fileSystem.calls().in("run"));
            StepGenerator generator = new StepGenerator(seed, renameFlags);
            List<Step> done = new ArrayList<>();
            while (done.size() < stepCount) {
                Step step = generator.next();
                done.add(step);
                Optional<String> difference = run.difference(step);
                if (difference.isEmpty() && done.size() % STEPS_BETWEEN_REMOUNTS == 0) {
                    run.closeAll();
                    fileSystem.remount();
                }
                if (difference.isEmpty() && done.size() % STEPS_BETWEEN_TREES == 0) {
                    difference = run.treeDifference();
                }
                if (difference.isPresent()) {
                    run.closeAll();
                    explain(fileSystem, seed, done, difference.get());
                }
            }
        }
    }

    private static void explain(TestFileSystem fileSystem, long seed, List<Step> steps, String difference) {
        int[] attempts = {0};
        List<Step> shrunk = ModelRun.shrink(steps, SHRINK_ATTEMPTS_MAX, fewer -> {
            attempts[0]++;
            return fails(fileSystem, "shrink" + attempts[0], fewer);
        });
        fail(
                "-Dneedlefs.seed=%d, step %d: %s%n%nshrunk to %d steps:%n%s",
                seed,
                steps.size(),
                difference,
                shrunk.size(),
                shrunk.stream().limit(100).map(Step::toString).collect(Collectors.joining("\n")));
    }

    private static boolean fails(TestFileSystem fileSystem, String directory, List<Step> steps) {
        LinuxCalls.done("mkdir", fileSystem.calls().mkdir(directory, 0755));
        boolean fails =
                ModelRun.in(fileSystem.calls().in(directory)).difference(steps).isPresent();
        String ignored = fileSystem.programs().run("rm", "-rf", directory);
        return fails;
    }
}
