package org.needlefs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.needlefs.client.admin.AdminAnswer.Progress;
import org.needlefs.client.admin.Report;

final class TextReportTest {
    @Test
    void valuesStandBelowEachOtherWithTheirUnits() {
        Report report = Report.EMPTY
                .with("state", "mounted")
                .with("writeBufferMaxBytes", 64L << 20)
                .with("upSeconds", 3_725L)
                .with("directoryCount", 1_234L)
                .with("syncMillis", 2.5)
                .with("readBytesPerSecond", 2048L);
        assertThat(TextReport.of(report)).isEqualTo("""
                        state             mounted
                        write buffer max  64.0 MiB
                        up                1:02:05
                        directories       1,234
                        sync              2.50 ms
                        read              2.0 KiB/s
                        """);
    }

    @Test
    void aListOfReportsIsATableWithNumbersToTheRight() {
        Report report = Report.EMPTY
                .with(
                        "requests",
                        List.of(
                                Report.EMPTY
                                        .with("operation", "read")
                                        .with("count", 5L)
                                        .with("meanNanos", 1_500L),
                                Report.EMPTY.with("operation", "lookup").with("count", 12_000L)))
                .with("held", List.of());
        assertThat(TextReport.of(report)).isEqualTo("""
                        requests
                          operation   count     mean
                          read            5  1500 ns
                          lookup     12,000
                        held: none
                        """);
    }

    @Test
    void aBarShowsHowFarItIsAndNeverLeavesItsLine() {
        assertThat(ProgressBar.line(new Progress("scrub", 1, 2), 10))
                .isEqualTo("scrub [===============>              ] 50 %  10 s, 10 s left");
        assertThat(ProgressBar.line(new Progress("scrub", 3, 2), 1)).contains("100 %");
        assertThat(ProgressBar.line(new Progress("nodes", 1_000, 0), 2)).isEqualTo("nodes 1,000  2 s");
    }
}
