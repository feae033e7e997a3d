package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.storage.disk.Disk;
import org.needlefs.storage.disk.SimulatedDisk;
import org.slf4j.LoggerFactory;

/**
 * The power fails after each operation on the disk of log and checkpoints in turn, also while recovering. What is there
 * afterwards must be the namespace as it was after one of its steps, none earlier than the last that was synced.
 */
final class NamespaceCrashTest {
    /** No thread of the namespace's own uses the disk: checkpoints are taken by the scenario alone. */
    private static final NamespaceLimits LIMITS =
            new NamespaceLimits(64 << 10, 20, 8 << 20, 64 << 10, 16 << 10, 1 << 30, 0, 4);

    private static final int OPERATIONS_OF_RECOVERY = 12;

    @TempDir
    private Path directory;

    /** Each power cut is reported as an error by the code under test, some hundred times. */
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.needlefs.cluster.namespace");

    private final Level level = Optional.ofNullable(logger.getLevel()).orElse(Level.INFO);

    @BeforeEach
    void quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        logger.setLevel(level);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aPowerCutLeavesAStateThatTheNamespaceHadAndAllThatWasSynced(long seed) throws IOException {
        crashEverywhere(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void theSameHoldsWhenObjectsVanishThatWereNotSynced(long seed) throws IOException {
        crashEverywhere(seed, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {100})
    @Tag("full")
    void theSameHoldsForManySeeds(int seedCount) throws IOException {
        for (int seed = 1000; seed < 1000 + seedCount; seed++) {
            crashEverywhere(seed, seed % 2 == 0);
        }
    }

    private void crashEverywhere(long seed, boolean objectsVanish) throws IOException {
        System.out.println("NamespaceCrashTest seed " + seed);
        CrashObjects objects = new CrashObjects();
        SimulatedDisk whole = new SimulatedDisk(seed);
        CrashScenario reference = new CrashScenario(seed, objects);
        Namespace namespace = open(whole, directory.resolve("reference-" + seed), objects, true);
        reference.run(namespace, true);
        namespace.abandon();
        long operationCount = whole.operationCount();
        assertThat(operationCount).isGreaterThan(CrashScenario.STEP_COUNT);
        for (int cut = 0; cut < operationCount; cut++) {
            crashAt(seed, cut, objectsVanish, reference.states());
        }
    }

    private void crashAt(long seed, int cut, boolean objectsVanish, List<String> states) throws IOException {
        String where = "seed " + seed + ", power cut in operation " + cut;
        Random random = new Random(seed * 1000 + cut);
        Path state = directory.resolve("state-" + seed + "-" + cut);
        CrashObjects objects = new CrashObjects();
        SimulatedDisk disk = new SimulatedDisk(seed * 1000 + cut);
        disk.cutPowerAfter(cut);
        CrashScenario scenario = new CrashScenario(seed, objects);
        runUntilPowerCut(disk, state, objects, scenario);
        if (objectsVanish) {
            objects.losePower(random);
        }

        SimulatedDisk booted = disk.powerCut();
        if (random.nextBoolean()) {
            booted.cutPowerAfter(random.nextInt(OPERATIONS_OF_RECOVERY));
            openUntilPowerCut(booted, state, objects);
            booted = booted.powerCut();
        }
        Namespace namespace = open(booted, state, objects, false);
        String found = CrashScenario.describe(namespace.fileSystem());
        assertThat(states.subList(scenario.syncedCount(), Math.min(states.size(), scenario.startedCount() + 1)))
                .as(where)
                .contains(found);
        assertThat(namespace.check(objects)).as(where).isEmpty();

        // Life goes on.
        Attributes _ = namespace.fileSystem().make(Inode.ROOT, name("after"), NewNode.file(0600, 0, 0));
        objects.sync();
        namespace.fileSystem().sync();
        namespace.abandon();
        namespace = open(booted.powerCut(), state, objects, false);
        assertThat(namespace.fileSystem().lookup(Inode.ROOT, name("after")))
                .as(where)
                .isPresent();
        assertThat(namespace.check(objects)).as(where).isEmpty();
        namespace.close();
    }

    private static void runUntilPowerCut(SimulatedDisk disk, Path state, CrashObjects objects, CrashScenario scenario)
            throws IOException {
        Namespace namespace;
        try {
            namespace = open(disk, state, objects, false);
        } catch (IOException powerFailed) {
            return;
        }
        try {
            scenario.run(namespace, false);
        } catch (IOException powerFailed) {
            // As expected; what became of it is seen by opening again.
        } finally {
            namespace.abandon();
        }
    }

    private static void openUntilPowerCut(SimulatedDisk disk, Path state, CrashObjects objects) throws IOException {
        try {
            open(disk, state, objects, false).abandon();
        } catch (IOException powerFailed) {
            // Opened half, or not at all.
        }
    }

    private static Namespace open(Disk whole, Path state, StoredObjects objects, boolean trustState)
            throws IOException {
        return NamespaceFixture.open(
                new PartOfDisk(whole, "log."),
                new PartOfDisk(whole, "checkpoints."),
                state,
                trustState,
                objects,
                LIMITS);
    }
}
