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

    Report scrub(Action action) throws IOException;

    Report compact(Action action) throws IOException;
}
