package org.needlefs.client.mount;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.needlefs.client.admin.AdminAnswer;
import org.needlefs.client.admin.AdminCommand.Action;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.NodeControl;
import org.needlefs.client.admin.ProgressListener;
import org.needlefs.client.admin.Report;
import org.needlefs.client.vfs.Vfs;
import org.needlefs.client.vfs.VfsGauges;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.namespace.check.ObjectPresence;
import org.needlefs.cluster.namespace.check.Problem;
import org.needlefs.cluster.node.EmbeddedNode;
import org.needlefs.cluster.node.UnreferencedObjects;
import org.needlefs.storage.needle.Compaction;
import org.needlefs.storage.needle.ObjectStoreStatus;
import org.needlefs.storage.needle.Scrub;
import org.needlefs.storage.needle.StoreSpace;
import org.needlefs.storage.needle.volume.VolumeStatus;

/** Administration of a node in this process: translates what it says into reports. */
final class EmbeddedControl implements NodeControl {
    private static final int SHOWN_PROBLEMS_MAX = 1000;

    private final EmbeddedNode node;
    private final Vfs vfs;
    private final ReentrantLock collecting = new ReentrantLock();

    EmbeddedControl(EmbeddedNode node, Vfs vfs) {
        this.node = node;
        this.vfs = vfs;
    }

    @Override
    public Report status() throws IOException {
        Geometry geometry = node.format().geometry();
        Usage usage = node.fileSystem().usage();
        StoreSpace space = node.store().space();
        ObjectStoreStatus store = node.store().status();
        VfsGauges gauges = vfs.gauges();
        List<Report> disks = new ArrayList<>();
        for (VolumeStatus volume : store.volumes()) {
            disks.add(Report.EMPTY
                    .with("directory", volume.directory())
                    .with("state", volume.failure().orElse("healthy"))
                    .with("liveBytes", volume.liveBytes())
                    .with("garbageBytes", volume.garbageBytes())
                    .with("availableBytes", volume.availableBytes())
                    .with("segmentCount", volume.segmentCount())
                    .with("damageCount", volume.damageCount())
                    .with("quarantinedObjectCount", volume.quarantined().size()));
        }
        return Report.EMPTY
                .with("name", node.format().name())
                .with("id", node.format().filesystemId().toString())
                .with("chunkSizeBytes", geometry.chunkSizeBytes())
                .with("inlineSizeMaxBytes", geometry.inlineSizeMax())
                .with("inodeCount", usage.inodeCount())
                .with("totalBytes", usage.totalBytes())
                .with("availableBytes", usage.availableBytes())
                .with("contentBytes", node.namespace().contentBytes())
                .with("liveBytes", space.liveBytes())
                .with("garbageBytes", space.garbageBytes())
                .with("reserveBytes", space.reserveBytes())
                .with("writeBufferUsedBytes", gauges.bufferedBytes())
                .with("uploadCount", gauges.uploadsInFlight())
                .with("compaction", word(store.compaction().state()))
                .with("scrub", word(store.scrub().state()))
                .with("scrubbedObjectCount", store.scrub().needleCount())
                .with("scrubFailureCount", store.scrub().failedCount())
                .with("disks", disks);
    }

    @Override
    public Report stats() {
        VfsGauges gauges = vfs.gauges();
        return Report.EMPTY
                .with("bufferedBytes", gauges.bufferedBytes())
                .with("cachedBytes", gauges.cachedBytes())
                .with("cacheHitCount", gauges.cacheHitCount())
                .with("cacheMissCount", gauges.cacheMissCount())
                .with("openFileCount", gauges.openFileCount())
                .with("openDirectoryCount", gauges.openDirectoryCount())
                .with("pendingUploadCount", gauges.uploadsInFlight())
                .with("mergedRunCount", gauges.mergedRunCount())
                .with("collectedObjectCount", node.collectedCount());
    }

    @Override
    public AdminAnswer.Done diskUsage(String path, ProgressListener listener) throws IOException {
        return new AdminAnswer.Done(new TreeUsage(node.fileSystem(), listener).of(path), ExitCode.OK);
    }

    @Override
    public AdminAnswer.Done fsck(boolean repair) throws IOException {
        ObjectPresence objects = (object, sizeBytes) -> node.store()
                .head(object)
                .filter(head -> head.sizeBytes() >= sizeBytes)
                .isPresent();
        List<Problem> found = node.namespace().check(objects);
        List<Problem> left = repair && !found.isEmpty() ? node.namespace().repair(objects) : found;
        Report report = Report.EMPTY
                .with("problemCount", found.size())
                .with("unmendedCount", left.size())
                .with("problems", sentences(found))
                .with("unmended", sentences(left));
        if (left.isEmpty()) {
            return new AdminAnswer.Done(report, ExitCode.OK);
        }
        return new AdminAnswer.Done(report, repair ? ExitCode.PARTLY : ExitCode.FAILED);
    }

    private static List<String> sentences(List<Problem> problems) {
        return problems.stream()
                .limit(SHOWN_PROBLEMS_MAX)
                .map(Problem::sentence)
                .toList();
    }

    @Override
    public Report collect(boolean dryRun, ProgressListener listener) throws IOException {
        if (!collecting.tryLock()) {
            throw new IOException("another gc is under way");
        }
        try {
            UnreferencedObjects.Found found = node.collectUnreferenced(
                    dryRun,
                    (objectCount, totalCount) ->
                            listener.progress(new AdminAnswer.Progress("objects", objectCount, totalCount)));
            return Report.EMPTY
                    .with("objectCount", found.objectCount())
                    .with("unreferencedObjectCount", found.unreferencedCount())
                    .with("unreferencedBytes", found.unreferencedBytes())
                    .with("deleted", !dryRun);
        } finally {
            collecting.unlock();
        }
    }

    @Override
    public Report scrub(Action action) throws IOException {
        Scrub scrub = node.store().scrub();
        switch (action) {
            case START -> scrub.start();
            case SUSPEND -> scrub.suspend();
            case RESUME -> scrub.resume();
            case STATUS -> {}
        }
        Scrub.Status status = scrub.status();
        return Report.EMPTY
                .with("state", word(status.state()))
                .with("needleCount", status.needleCount())
                .with("readBytes", status.sizeBytes())
                .with("failedNeedleCount", status.failedCount())
                .with("problem", status.problem().orElse("none"))
                .with("failures", status.failures());
    }

    @Override
    public Report compact(Action action) throws IOException {
        Compaction compaction = node.store().compaction();
        switch (action) {
            case START -> compaction.start();
            case SUSPEND -> compaction.suspend();
            case RESUME -> compaction.resume();
            case STATUS -> {}
        }
        Compaction.Status status = compaction.status();
        return Report.EMPTY
                .with("state", word(status.state()))
                .with("garbageBytes", node.store().space().garbageBytes())
                .with("freedSegmentCount", status.segmentCount())
                .with("copiedBytes", status.copiedBytes())
                .with("problem", status.problem().orElse("none"))
                .with("held", status.held());
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
