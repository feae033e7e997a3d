package org.needlefs.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.Repository;

/** What the sources must keep that no compiler asks for. */
final class TidyTest {
    private static final int LINES_MAX = 400;

    /** Longer than that when the rule came; the list may only shrink. */
    private static final Set<String> LONGER_FILES =
            Set.of("NeedleIndex.java", "Volume.java", "SegmentLog.java", "NullFileSystem.java");

    private static final Pattern LEFT_TO_DO = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final List<String> MODULES = List.of("storage", "cluster", "fuse-client", "native-test");

    @Test
    void nothingIsLeftToDo() {
        assertThat(sources().filter(file -> LEFT_TO_DO.matcher(text(file)).find()))
                .isEmpty();
    }

    @Test
    void noFileIsLongerThanAReaderHolds() {
        TreeSet<String> longer = new TreeSet<>();
        sources()
                .filter(file -> file.toString().contains("/src/main/"))
                .filter(file -> text(file).lines().count() > LINES_MAX)
                .forEach(file -> longer.add(file.getFileName().toString()));
        longer.removeAll(LONGER_FILES);
        assertThat(longer).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsForAndThatNothingIsNull() {
        TreeSet<Path> packages = new TreeSet<>();
        sources()
                .filter(file -> file.toString().contains("/src/main/"))
                .forEach(file -> packages.add(file.resolveSibling("package-info.java")));
        assertThat(packages).isNotEmpty().allSatisfy(info -> {
            assertThat(info).exists();
            assertThat(text(info)).startsWith("/**").contains("@NullMarked");
        });
    }

    @Test
    void noTestIsSwitchedOff() {
        assertThat(sources().filter(file -> text(file).contains("@Dis" + "abled")))
                .isEmpty();
    }

    @Test
    void everyPromiseNamesATestThatExists() {
        String testing = text(Repository.root().resolve("docs/TESTING.md"));
        for (int promise = 1; promise <= 9; promise++) {
            assertThat(testing).containsPattern("\\| P" + promise + " \\|");
        }
        TreeSet<String> names = new TreeSet<>();
        sources().forEach(file -> names.add(file.getFileName().toString().replace(".java", "")));
        TreeSet<String> mentioned = new TreeSet<>();
        Pattern.compile("`(\\w+(?:Test|IT))`")
                .matcher(testing)
                .results()
                .forEach(match -> mentioned.add(match.group(1)));
        assertThat(mentioned).isNotEmpty();
        assertThat(names).containsAll(mentioned);
    }

    private static Stream<Path> sources() {
        return MODULES.stream().flatMap(module -> {
            try (Stream<Path> files =
                    Files.walk(Repository.root().resolve(module).resolve("src"))) {
                return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
