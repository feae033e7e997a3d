package org.needlefs.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunMarkerTest {
    @TempDir
    Path directory;

    @Test
    void aKilledProcessIsTrustedAndAPowerCutIsNot() throws IOException {
        assertThat(RunMarker.take(directory, "boot-1").trusted()).isTrue();
        assertThat(RunMarker.take(directory, "boot-1").trusted()).isTrue();
        assertThat(RunMarker.take(directory, "boot-2").trusted()).isFalse();
    }

    @Test
    void whatIsNotTrustedStaysSoUntilItIsMended() throws IOException {
        RunMarker.take(directory, "boot-1");
        assertThat(RunMarker.take(directory).trusted()).isFalse();
        RunMarker second = RunMarker.take(directory);
        assertThat(second.trusted()).isFalse();
        second.mended();
        assertThat(RunMarker.take(directory).trusted()).isTrue();
    }

    @Test
    void aCleanEndIsTrustedOnAnyBoot() throws IOException {
        RunMarker.take(directory, "boot-1").remove(List.of(directory, directory.resolve("absent")));
        assertThat(RunMarker.take(directory, "boot-2").trusted()).isTrue();
    }
}
