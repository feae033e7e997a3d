package org.needlefs.test.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.system.ErrorNumber.ENOENT;
import static org.needlefs.test.system.Flags.O_CREAT;
import static org.needlefs.test.system.Flags.O_RDWR;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests' own instrument, held against the local disk. */
final class LinuxCallsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void whatIsWrittenIsReadAndErrorsAreNegative() {
        LinuxCalls calls = LinuxCalls.below(directory.toString());
        assertThat(calls.open("none", O_RDWR, 0)).isEqualTo(-ENOENT);
        int file = calls.opened("f", O_CREAT | O_RDWR, 0640);
        assertThat(calls.pwrite(file, "text".getBytes(StandardCharsets.UTF_8), 3))
                .isEqualTo(4);
        assertThat(calls.bytes(file, 0, 100)).hasSize(7).endsWith('t', 'e', 'x', 't');
        assertThat(calls.status("f").size()).isEqualTo(7);
        assertThat(calls.status("f").permissions()).isEqualTo(0640);
        assertThat(calls.status("f")).isEqualTo(calls.status(file));
        assertThat(calls.close(file)).isZero();
    }

    @Test
    void namesThatAreNotTextSurvive() {
        LinuxCalls calls = LinuxCalls.below(directory.toString());
        String name = FileNames.text(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'z'});
        assertThat(calls.mkdir(name, 0755)).isZero();
        assertThat(calls.mkdir("grün", 0755)).isZero();
        assertThat(calls.list(".").get()).containsExactlyInAnyOrder(name, "grün");
    }

    @Test
    void extendedAttributesAndLinksCrossUnchanged() {
        LinuxCalls calls = LinuxCalls.below(directory.toString());
        assertThat(calls.symlink("there/ü", "s")).isZero();
        assertThat(calls.readlink("s").get()).isEqualTo("there/ü");
        assertThat(calls.mkdir("d", 0755)).isZero();
        assertThat(calls.setXattr("d", "user.a", new byte[] {0, 1, 2}, 0)).isZero();
        assertThat(calls.xattr("d", "user.a").get()).containsExactly(0, 1, 2);
        assertThat(calls.xattrs("d").get()).contains("user.a");
    }
}
