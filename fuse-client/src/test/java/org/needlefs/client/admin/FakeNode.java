package org.needlefs.client.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.needlefs.client.admin.AdminCommand.Action;

/** Answers what it was asked. */
final class FakeNode implements NodeControl {
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Report status() {
        asked.add("status");
        return Report.EMPTY.with("state", "mounted").with("inodeCount", 7L).with("healthy", true);
    }

    @Override
    public Report stats() throws IOException {
        throw new IOException("the disk is on fire");
    }

    @Override
    public AdminAnswer.Done diskUsage(String path, ProgressListener listener) {
        listener.progress(new AdminAnswer.Progress("nodes", 1, 2));
        return new AdminAnswer.Done(Report.EMPTY.with("path", path), ExitCode.PARTLY);
    }

    @Override
    public AdminAnswer.Done fsck(boolean repair) {
        asked.add("fsck " + repair);
        return new AdminAnswer.Done(Report.EMPTY, ExitCode.FAILED);
    }

    @Override
    public Report collect(boolean dryRun, ProgressListener listener) {
        asked.add("gc " + dryRun);
        listener.progress(new AdminAnswer.Progress("objects", 3, 9));
        return Report.EMPTY.with("deleted", !dryRun);
    }

    @Override
    public Report scrub(Action action) {
        asked.add("scrub " + action);
        return Report.EMPTY;
    }

    @Override
    public Report compact(Action action) {
        throw new IllegalStateException("a bug");
    }
}
