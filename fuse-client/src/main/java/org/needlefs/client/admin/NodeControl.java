package org.needlefs.client.admin;

import java.io.IOException;
import org.needlefs.client.admin.AdminCommand.Action;

/**
 * The administered side of a node: what {@link AdminService} carries commands out with. Threading: any.
 * Throws: IOException with a message for the user.
 */
public interface NodeControl {
    Report status() throws IOException;

    Report stats() throws IOException;

    AdminAnswer.Done diskUsage(String path, ProgressListener listener) throws IOException;

    /** Finds what is wrong; {@code repair} mends what can be mended and answers what is left. */
    AdminAnswer.Done fsck(boolean repair) throws IOException;

    /** Deletes objects that nobody refers to, or only counts them. */
    Report collect(boolean dryRun, ProgressListener listener) throws IOException;

    Report scrub(Action action) throws IOException;

    Report compact(Action action) throws IOException;
}
