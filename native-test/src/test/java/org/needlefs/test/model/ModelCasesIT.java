package org.needlefs.test.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;

/** Short sequences of steps that must answer like the model: found by random runs, or known to be easily wrong. */
final class ModelCasesIT {
    @SuppressWarnings("NullAway.Init")
    private static TestFileSystem fileSystem;

    private static int runs;

    @BeforeAll
    static void open() {
        fileSystem = TestFileSystem.open();
    }

    @AfterAll
    static void close() {
        fileSystem.close();
    }

    @Test
    void copyingNothingStillChecksHowTheFilesAreOpen() {
        assertLikeModel("""
                open 1 d 2102 745
                symlink d e
                open 2 e 1 644
                copy 2 702421 2 10488664 0
                """);
    }

    @Test
    void copyingFromADirectoryIsRefusedBeforeAnythingElse() {
        assertLikeModel("""
                mkdir LONG 600
                open 8 a 302 600
                open 10 a 0 0
                open 8 LONG 200000 700
                copy 10 13444 8 8495 0
                """);
    }

    @Test
    void aFileWithoutANameGrowsAndShrinksAcrossChunks() {
        assertLikeModel("""
                open 0 a 102 644
                write 0 5242000 3000 1
                unlink a
                ftruncate 0 5242500
                write 0 10485000 2000 2
                read 0 5242000 400000
                fallocate 0 3 5242100 300
                read 0 5241900 4096
                fstat 0
                """);
    }

    @Test
    void aSetModifyTimeStaysThroughFlushAndRename() {
        assertLikeModel("""
                open 0 a 102 644
                write 0 0 5000 1
                mtime a 1000000000123456789
                close 0
                rename a b 0
                link b c
                stat c
                """);
    }

    @Test
    void appendingHandlesIgnoreTheOffset() {
        assertLikeModel("""
                open 0 a 2102 644
                open 1 a 2 0
                write 0 9000 100 1
                truncate a 50
                write 0 0 100 2
                read 0 0 400
                """);
    }

    private static void assertLikeModel(String script) {
        String directory = "case" + runs++;
        LinuxCalls.done("mkdir", fileSystem.calls().mkdir(directory, 0755));
        List<Step> steps = script.lines().map(Step::parse).toList();
        assertThat(ModelRun.in(fileSystem.calls().in(directory)).difference(steps))
                .isEmpty();
    }
}
