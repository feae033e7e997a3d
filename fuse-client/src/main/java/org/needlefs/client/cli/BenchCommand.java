package org.needlefs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.bench.BindingBenchmark;
import org.needlefs.client.mount.Bindings;
import org.needlefs.client.mount.MountSettings;
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
    private static final long BINDING_MILLIS = 1500;
    private static final List<Integer> BINDING_THREAD_COUNTS = List.of(1, 4);

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

    @Option(
            names = "--binding",
            paramLabel = "kernel|jnr",
            description = "Measure a way to the kernel instead, over a filesystem that stores nothing: about a minute.")
    private Optional<MountSettings.Binding> binding = Optional.empty();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The folder to measure.")
    private Optional<Path> folder = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (binding.isPresent() == folder.isPresent()) {
            throw new IllegalArgumentException("name a folder to measure, or --binding; see 'needlefs bench --help'");
        }
        if (binding.isPresent()) {
            return measureBinding(binding.get());
        }
        long sizeBytes = Sizes.parse(size);
        if (sizeBytes < 1 || sizeBytes > SIZE_MAX || fileCount < 1 || fileCount > 10_000_000) {
            throw new IllegalArgumentException("--size is 1 to 1t and --files 1 to 10000000");
        }
        List<Report> rows = new ArrayList<>();
        List<Benchmark.Row> measured;
        try (ProgressBar progress = output.progress()) {
            measured = Benchmark.run(folder.get(), sizeBytes, fileCount, progress);
        }
        for (Benchmark.Row row : measured) {
            rows.add(Report.EMPTY
                    .with("what", row.what())
                    .with("operationsPerSecond", row.operationCount() / row.seconds())
                    .with("throughputBytesPerSecond", (long) (row.totalBytes() / row.seconds()))
                    .with("medianNanos", row.medianNanos())
                    .with("p99Nanos", row.percentile99Nanos()));
        }
        output.print(Report.EMPTY.with("folder", folder.get().toString()).with("results", rows));
        return ExitCode.OK.number();
    }

    private int measureBinding(MountSettings.Binding way) throws IOException, InterruptedException {
        BindingBenchmark benchmark = new BindingBenchmark(Bindings.choose(way), BINDING_MILLIS);
        List<Report> rows = new ArrayList<>();
        for (int threadCount : BINDING_THREAD_COUNTS) {
            for (BindingBenchmark.Row row : benchmark.run(threadCount)) {
                rows.add(Report.EMPTY
                        .with("what", row.kind().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .with("threadCount", row.threadCount())
                        .with("requestsPerSecond", row.requestsPerSecond())
                        .with("cpuNanos", (long) (row.cpuMicrosPerRequest() * 1000)));
            }
        }
        output.print(Report.EMPTY
                .with("binding", way.name().toLowerCase(Locale.ROOT))
                .with("results", rows));
        return ExitCode.OK.number();
    }
}
