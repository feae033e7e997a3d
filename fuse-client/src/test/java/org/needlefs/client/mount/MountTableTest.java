package org.needlefs.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountTableTest {
    private static final List<String> LINES = List.of(
            "22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw",
            "30 22 0:50 / /mnt/a rw,nosuid shared:9 master:2 - fuse.needlefs /data/a rw,user_id=0",
            "31 22 0:51 / /mnt/with\\040space rw - fuse.needlefs /data/my\\040data rw",
            "32 30 0:52 / /mnt/a/inner rw - tmpfs tmpfs rw",
            "33 22 0:53 / /mnt/other rw - fuse.sshfs host:/x rw",
            "34 22 0:54 / /mnt/bench rw - fuse.needlefs needlefs-bench rw",
            "nonsense");

    private final MountTable table = MountTable.parse(LINES);

    @Test
    void oursAreFoundWithTheirDataDirectoryWhateverIsInTheName() {
        assertThat(table.needleFs())
                .extracting(MountTable.Entry::mountpoint)
                .containsExactly(Path.of("/mnt/a"), Path.of("/mnt/with space"));
        assertThat(table.at(Path.of("/mnt/with space")).orElseThrow().dataDirectory())
                .isEqualTo(Path.of("/data/my data"));
        assertThat(table.ofDataDirectory(Path.of("/data/a")).orElseThrow().mountpoint())
                .isEqualTo(Path.of("/mnt/a"));
    }

    @Test
    void aPathBelongsToTheInnermostMount() {
        assertThat(table.containing(Path.of("/mnt/a/x/y")).orElseThrow().source())
                .isEqualTo("/data/a");
        assertThat(table.containing(Path.of("/mnt/a/inner/x"))).isEmpty();
        assertThat(table.containing(Path.of("/mnt/ab"))).isEmpty();
        assertThat(table.containing(Path.of("/mnt/other/x"))).isEmpty();
    }

    @Test
    void theKernelsOwnTableIsRead() throws IOException {
        assertThat(MountTable.read().at(Path.of("/proc"))).isPresent();
    }

    @Test
    void aDataDirectoryIsLockedOnceAndTheRefusalNamesTheProcess(@TempDir Path data) throws IOException {
        try (DataDirectoryLock _ = DataDirectoryLock.take(data)) {
            assertThatThrownBy(() -> DataDirectoryLock.take(data))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
        DataDirectoryLock.take(data).close();
    }

    @Test
    void aMountpointAndItsDataMustNotBeInsideEachOther(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        DataDirectories outside = DataDirectories.parse(folder.toString());
        assertThatThrownBy(() -> outside.checkApartFrom(inner)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DataDirectories.parse(inner.toString()).checkApartFrom(folder))
                .isInstanceOf(IllegalArgumentException.class);
        DataDirectories.parse(inner.toString()).checkApartFrom(folder.resolve("elsewhere"));
    }

    @Test
    void dataDirectoriesAreSeveralAndEachOnce(@TempDir Path folder) throws IOException {
        Path one = folder.toRealPath().resolve("one");
        Path two = folder.toRealPath().resolve("two");
        DataDirectories directories = DataDirectories.parse(one + "," + two);
        directories.make();
        assertThat(directories.paths())
                .containsExactly(one, two)
                .allSatisfy(path -> assertThat(path).isDirectory());
        assertThatThrownBy(() -> DataDirectories.parse(one + "," + one)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DataDirectories.parse(one + ",")).isInstanceOf(IllegalArgumentException.class);
    }
}
