package org.needlefs.client.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.jnr.JnrFuseMount;
import org.needlefs.client.binding.kernel.KernelMount;

/**
 * What a binding costs: a null filesystem is mounted by it and another process makes calls of one kind. Requests are
 * counted by the mount, processor time is that of this process alone, which does nothing but serve. Nothing is cached
 * by the kernel, so a stat is two requests (name, attributes) and each read is one.
 */
public final class BindingBenchmark {
    private static final long WARM_UP_MILLIS = 4000;

    /** One kind of call on so many threads. */
    public record Row(String kind, int threadCount, double requestsPerSecond, double cpuMicrosPerRequest) {}

    private final FuseMount binding;
    private final long measureMillis;

    public BindingBenchmark(FuseMount binding, long measureMillis) {
        this.binding = binding;
        this.measureMillis = measureMillis;
    }

    /** Prints one line for each kind of call; arguments: binding, milliseconds to measure, thread counts. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        FuseMount binding = switch (arguments[0]) {
            case "jnr" -> new JnrFuseMount();
            case "kernel" -> new KernelMount();
            default -> throw new IllegalArgumentException("a binding is jnr or kernel, not " + arguments[0]);
        };
        BindingBenchmark benchmark = new BindingBenchmark(binding, Long.parseLong(arguments[1]));
        for (int index = 2; index < arguments.length; index++) {
            for (Row row : benchmark.run(Integer.parseInt(arguments[index]))) {
                System.out.printf(
                        "%-20s %2d threads %9.0f requests/s %7.2f us CPU/request%n",
                        row.kind(), row.threadCount(), row.requestsPerSecond(), row.cpuMicrosPerRequest());
            }
        }
    }

    /** All kinds of calls on {@code threadCount} threads, each on a mount of its own. */
    public List<Row> run(int threadCount) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (BindingLoad.Kind kind : BindingLoad.Kind.values()) {
            Path directory = Files.createTempDirectory("needlefs-bench");
            try {
                Mounted mounted =
                        binding.mount(directory, MountOptions.named("needlefs-bench"), new NullFileSystem(0, 0));
                try {
                    rows.add(measure(mounted, directory, kind, threadCount));
                } finally {
                    mounted.detach();
                    mounted.awaitEnd();
                }
            } finally {
                Files.delete(directory);
            }
        }
        return List.copyOf(rows);
    }

    private Row measure(Mounted mounted, Path directory, BindingLoad.Kind kind, int threadCount)
            throws IOException, InterruptedException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Process load = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BindingLoad.class.getName(),
                        directory.toString(),
                        kind.name(),
                        Integer.toString(threadCount),
                        Long.toString(WARM_UP_MILLIS),
                        Long.toString(measureMillis))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = load.inputReader(StandardCharsets.UTF_8)) {
            expect(output, "begin");
            long beginNanos = System.nanoTime();
            long beginCpuNanos = system.getProcessCpuTime();
            long beginCount = mounted.statistics().totalCount();
            expect(output, "end");
            long count = Math.max(1, mounted.statistics().totalCount() - beginCount);
            double cpuNanos = system.getProcessCpuTime() - beginCpuNanos;
            double seconds = (System.nanoTime() - beginNanos) / 1e9;
            return new Row(kind.name(), threadCount, count / seconds, cpuNanos / 1000 / count);
        } finally {
            int unused = load.waitFor();
        }
    }

    private static void expect(BufferedReader output, String word) throws IOException {
        String line = output.readLine();
        if (!word.equals(line)) {
            throw new IOException("the load said " + line + " instead of " + word);
        }
    }
}
