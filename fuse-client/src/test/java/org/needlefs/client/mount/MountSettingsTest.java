package org.needlefs.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.needlefs.client.binding.MountFlag;

final class MountSettingsTest {
    @Test
    void optionsAddUpOverSeveralArguments() {
        MountSettings settings = MountSettings.parse(
                List.of("ro,allow_other,noxattr,fuse=jnr", "write_buffer=32m,read_cache=1g, threads=4", ""));
        assertThat(settings)
                .isEqualTo(new MountSettings(
                        java.util.Set.of(MountFlag.READ_ONLY, MountFlag.ALLOW_OTHER, MountFlag.NO_XATTRS),
                        MountSettings.Binding.JNR,
                        32 << 20,
                        1 << 30,
                        4));
    }

    @Test
    void theLastOfTwoThatContradictCounts() {
        assertThat(MountSettings.parse(List.of("ro,rw"))).isEqualTo(MountSettings.DEFAULT);
        assertThat(MountSettings.parse(List.of("threads=3,threads=5")).threadCountMax())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "ro=1",
                "fuse",
                "fuse=",
                "fuse=macfuse",
                "threads=0",
                "threads=-1",
                "threads=99999",
                "write_buffer",
                "write_buffer=lots",
                "write_buffer=1k",
                "read_cache=9999999999g",
                "RO"
            })
    void whatIsUnknownOrOutOfRangeIsRefusedByName(String option) {
        String name = option.replaceFirst("=.*", "");
        assertThatThrownBy(() -> MountSettings.parse(List.of(option)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .containsAnyOf(name, option.replaceFirst(".*=", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4096,4096",
        "64k,65536",
        "5MiB,5242880",
        "1G,1073741824",
        "2 kb,2048",
        "7b,7",
        "1t,1099511627776"
    })
    void sizesAreReadInPowersOf1024(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1.5g", "10 x", "999999999999999t", "1e3"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> Sizes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 KiB", "1048575,1.0 MiB", "1610612736,1.5 GiB"})
    void sizesAreWrittenWithOneDigit(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }
}
