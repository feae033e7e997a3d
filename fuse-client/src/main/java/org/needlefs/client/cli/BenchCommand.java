package org.needlefs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.mount.Sizes;
import org.needlefs.client.tool.Benchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How fast a folder is. */
@Command(
        name = "bench",
        description = "Measure a folder, on a mount or not: streaming, small files, fsync. Leaves nothing behind.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final long SIZE_MAX = 1L << 40;

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "256m",
            description = "Size of the large file, ${DEFAULT-VALUE} unless given.")
    private String size = "";

    @Option(
            names = "--files",
            paramLabel = "N",
            defaultValue = "2000",
            description = "How many small files, ${DEFAULT-VALUE} unless given.")
    private int fileCount;

    @Parameters(paramLabel = "DIR", description = "The folder to measure.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        long sizeBytes = Sizes.parse(size);
        if (sizeBytes < 1 || sizeBytes > SIZE_MAX || fileCount < 1 || fileCount > 10_000_000) {
            throw new IllegalArgumentException("--size is 1 to 1t and --files 1 to 10000000");
        }
        List<Report> rows = new ArrayList<>();
        List<Benchmark.Row> measured;
        try (ProgressBar progress = output.progress()) {
            measured = Benchmark.run(folder, sizeBytes, fileCount, progress);
        }
        for (Benchmark.Row row : measured) {
            rows.add(Report.EMPTY
                    .with("what", row.what())
                    .with("operationsPerSecond", row.operationCount() / row.seconds())
                    .with("throughputBytesPerSecond", (long) (row.totalBytes() / row.seconds()))
                    .with("medianNanos", row.medianNanos())
                    .with("p99Nanos", row.percentile99Nanos()));
        }
        output.print(Report.EMPTY.with("folder", folder.toString()).with("results", rows));
        return ExitCode.OK.number();
    }
}
