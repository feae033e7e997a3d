package org.needlefs.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.storage.CorruptDataException;

final class FilesystemFormatTest {
    @TempDir
    Path directory;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        FilesystemFormat format = FilesystemFormat.create("home", new Geometry(5 << 20, 4096));
        assertThat(FilesystemFormat.existsIn(directory)).isFalse();
        assertThatThrownBy(() -> FilesystemFormat.readFrom(directory)).isInstanceOf(NoSuchFileException.class);
        format.writeTo(directory);
        assertThat(FilesystemFormat.existsIn(directory)).isTrue();
        assertThat(FilesystemFormat.readFrom(directory)).isEqualTo(format);
    }

    @Test
    void anyChangedByteIsFound() throws IOException {
        FilesystemFormat.create("home", new Geometry(5 << 20, 4096)).writeTo(directory);
        Path file = directory.resolve(FilesystemFormat.FILE_NAME);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> FilesystemFormat.readFrom(directory)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void valuesOutOfRangeAreRefusedWithASentence() {
        assertThatThrownBy(() -> FilesystemFormat.create("home", new Geometry(1000, 0)))
                .hasMessageContaining("chunk size");
        assertThatThrownBy(() -> FilesystemFormat.create("home", new Geometry(5 << 20, 1 << 20)))
                .hasMessageContaining("inline size");
        assertThatThrownBy(() -> FilesystemFormat.create("a b", new Geometry(5 << 20, 4096)))
                .hasMessageContaining("name");
    }
}
