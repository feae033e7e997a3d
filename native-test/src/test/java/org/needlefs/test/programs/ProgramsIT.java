package org.needlefs.test.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.fixture.TreeState;
import org.needlefs.test.system.Programs;

/** Programs that copy, build and store, each in a directory of its own; at the end all of it again after a remount. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ProgramsIT {
    private static final TreeMap<String, TreeState> STATES = new TreeMap<>();

    @SuppressWarnings("NullAway.Init")
    private static TestFileSystem fileSystem;

    @BeforeAll
    static void open() {
        fileSystem = TestFileSystem.open();
        String ignored = Programs.in(fileSystem.scratch()).shell(SampleFiles.TREE);
    }

    @AfterAll
    static void close() {
        fileSystem.close();
    }

    @Test
    void cpKeepsContentAndAllMetadata() throws IOException {
        Programs here = programs("cp");
        here.run("cp", "-a", sample(), "copy");
        assertThat(state("cp/copy")).isEqualTo(sampleState());
        here.run("cp", "-a", "copy", "again");
        assertThat(state("cp/again")).isEqualTo(sampleState());
        keep("cp");
    }

    @Test
    void aSecondRsyncTransfersNothing() throws IOException {
        Programs here = programs("rsync");
        here.run("rsync", "-aHAX", sample() + "/", "copy/");
        assertThat(state("rsync/copy")).isEqualTo(sampleState());
        String second = here.run("rsync", "-aHAXi", "--stats", sample() + "/", "copy/");
        assertThat(second).contains("Number of regular files transferred: 0");
        assertThat(second.lines().filter(line -> line.matches("[<>ch.*][fdLDS][^ ]{9} .*")))
                .isEmpty();
        String byContent = here.run("rsync", "-aHAXi", "--checksum", sample() + "/", "copy/");
        assertThat(byContent).isEmpty();
        keep("rsync");
    }

    @Test
    void tarPacksAndUnpacksTheSameTree() throws IOException {
        Programs here = programs("tar");
        here.run("cp", "-a", sample(), "tree");
        here.run("tar", "--xattrs", "-czf", "tree.tar.gz", "tree");
        here.shell("mkdir out && tar --xattrs --xattrs-include='*' -C out -xzf tree.tar.gz");
        assertThat(state("tar/out/tree")).isEqualTo(sampleState());
        here.run("tar", "--xattrs", "-df", "tree.tar.gz");
        keep("tar");
    }

    @Test
    void gitCommitsPacksChecksAndClones() throws IOException {
        Programs here = programs("git");
        here.shell(SampleFiles.GIT);
        assertThat(here.run("git", "-C", "work", "status", "--porcelain")).isEmpty();
        assertThat(here.run("git", "-C", "clone", "status", "--porcelain")).isEmpty();
        assertThat(here.run("git", "-C", "clone", "rev-list", "--count", "HEAD"))
                .isEqualTo("20");
        here.run("diff", "-r", "--exclude=.git", "work", "clone");
        keep("git");
    }

    @Test
    void makeBuildsACProjectOnceAndNoMore() throws IOException {
        Programs here = programs("c");
        here.shell(SampleFiles.C_PROJECT);
        here.run("make", "-j2");
        assertThat(here.run("./program")).isEqualTo("780");
        assertThat(here.run("make", "-q")).isEmpty();
        here.shell("sed -i 's/return 1 /return 101 /' part1.c && make");
        assertThat(here.run("./program")).isEqualTo("880");
        keep("c");
    }

    @Test
    void javacBuildsAProjectThatRuns() throws IOException {
        Programs here = programs("java");
        here.shell(SampleFiles.JAVA_PROJECT);
        Path jdk = Path.of(System.getProperty("java.home"), "bin");
        here.shell(jdk + "/javac -d classes $(find source -name '*.java')");
        here.run(jdk + "/jar", "--create", "--file", "all.jar", "-C", "classes", ".");
        assertThat(here.run(jdk + "/java", "-Xshare:auto", "-Xmx64m", "-cp", "all.jar", "sample.Main"))
                .isEqualTo("780");
        keep("java");
    }

    @Test
    void sqliteKeepsItsPromisesInBothJournalModes() throws IOException {
        for (String mode : new String[] {"delete", "wal"}) {
            Programs here = programs("sqlite-" + mode);
            here.shell(SampleFiles.sqlite(mode));
            assertThat(here.run("sqlite3", "db", "PRAGMA integrity_check")).isEqualTo("ok");
            assertThat(here.run("sqlite3", "db", "SELECT count(*), sum(length(body)) FROM note"))
                    .isEqualTo("9200|184000");
            keep("sqlite-" + mode);
        }
    }

    @Test
    void fioVerifiesRandomReadsAndWrites() throws IOException {
        Programs here = programs("fio");
        here.run(SampleFiles.fio("--rw=randrw", "--do_verify=1"));
        here.run(SampleFiles.fio("--rw=randwrite", "--do_verify=1", "--fsync=64", "--overwrite=1"));
        keep("fio");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void allOfItIsTheSameAfterARemount() {
        fileSystem.remount();
        STATES.forEach(
                (directory, state) -> assertThat(state(directory)).as(directory).isEqualTo(state));
        for (String database : new String[] {"sqlite-delete", "sqlite-wal"}) {
            Programs here = Programs.in(fileSystem.root().resolve(database));
            assertThat(here.run("sqlite3", "db", "PRAGMA integrity_check")).isEqualTo("ok");
        }
        Programs.in(fileSystem.root().resolve("git")).run("git", "-C", "work", "fsck", "--full", "--strict");
    }

    private static Programs programs(String directory) throws IOException {
        return Programs.in(Files.createDirectory(fileSystem.root().resolve(directory)));
    }

    private static String sample() {
        return fileSystem.scratch().resolve("tree").toString();
    }

    private static TreeState sampleState() {
        return TreeState.of(fileSystem.calls().in(sample()));
    }

    private static TreeState state(String directory) {
        return TreeState.of(fileSystem.calls().in(directory));
    }

    private static void keep(String directory) {
        STATES.put(directory, state(directory));
    }
}
