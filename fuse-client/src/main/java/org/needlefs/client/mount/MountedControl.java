package org.needlefs.client.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.needlefs.client.admin.AdminAnswer;
import org.needlefs.client.admin.AdminCommand;
import org.needlefs.client.admin.NodeControl;
import org.needlefs.client.admin.ProgressListener;
import org.needlefs.client.admin.Report;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.RequestStatistics;

/** A node's administration, with what the mount in front of it knows added. */
final class MountedControl implements NodeControl {
    private final NodeControl node;
    private final Path mountpoint;
    private final Path dataDirectory;
    private final MountSettings settings;
    private final Mounted mounted;

    MountedControl(NodeControl node, Path mountpoint, Path dataDirectory, MountSettings settings, Mounted mounted) {
        this.node = node;
        this.mountpoint = mountpoint;
        this.dataDirectory = dataDirectory;
        this.settings = settings;
        this.mounted = mounted;
    }

    @Override
    public Report status() throws IOException {
        Runtime runtime = Runtime.getRuntime();
        ProcessHandle process = ProcessHandle.current();
        long startedMillis = process.info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(System.currentTimeMillis());
        Report report = Report.EMPTY
                .with("state", mounted.isAlive() ? "mounted" : "unmounting")
                .with("mountpoint", mountpoint.toString())
                .with("data", dataDirectory.toString())
                .with("pid", process.pid())
                .with("upSeconds", (System.currentTimeMillis() - startedMillis) / 1000)
                .with("requestCount", mounted.statistics().totalCount())
                .with("heapUsedBytes", runtime.totalMemory() - runtime.freeMemory())
                .with("heapMaxBytes", runtime.maxMemory())
                .with("writeBufferMaxBytes", settings.writeBufferBytes())
                .with("readCacheMaxBytes", settings.readCacheBytes());
        return merged(report, node.status());
    }

    @Override
    public Report stats() throws IOException {
        List<Report> requests = new ArrayList<>();
        for (RequestStatistics.Line line : mounted.statistics().lines()) {
            requests.add(Report.EMPTY
                    .with("operation", line.operation().name().toLowerCase(Locale.ROOT))
                    .with("count", line.count())
                    .with("errorCount", line.errorCount())
                    .with("meanNanos", line.meanNanos())
                    .with("medianNanos", line.medianNanos())
                    .with("p99Nanos", line.percentile99Nanos())
                    .with("maxNanos", line.maxNanos()));
        }
        return merged(Report.EMPTY.with("requests", requests), node.stats());
    }

    @Override
    public AdminAnswer.Done diskUsage(String path, ProgressListener listener) throws IOException {
        return node.diskUsage(path, listener);
    }

    @Override
    public AdminAnswer.Done fsck(boolean repair) throws IOException {
        if (repair) {
            throw new IOException(mountpoint + " is in use; unmount it, then: needlefs fsck --repair " + dataDirectory);
        }
        return node.fsck(false);
    }

    @Override
    public Report collect(boolean dryRun, ProgressListener listener) throws IOException {
        return node.collect(dryRun, listener);
    }

    @Override
    public Report scrub(AdminCommand.Action action) throws IOException {
        return node.scrub(action);
    }

    @Override
    public Report compact(AdminCommand.Action action) throws IOException {
        return node.compact(action);
    }

    private static Report merged(Report first, Report second) {
        Report all = first;
        for (var value : second.values().entrySet()) {
            all = all.with(value.getKey(), value.getValue());
        }
        return all;
    }
}
