package org.needlefs.client.admin;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries commands out, knowing nothing of how they came: from this process, a local socket or a network. Long work is
 * done by the calling thread. Never throws what a command throws: that becomes {@link AdminAnswer.Failed}.
 * Threading: any.
 */
public final class AdminService {
    private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);

    /** Flushes and unmounts; on return all is stored and the process that serves the mount is about to end. */
    public interface Unmounting {
        Report unmount() throws IOException;
    }

    private final NodeControl node;
    private final Unmounting unmounting;

    public AdminService(NodeControl node, Unmounting unmounting) {
        this.node = node;
        this.unmounting = unmounting;
    }

    /** For a node that is opened for one command. */
    public static AdminService notMounted(NodeControl node) {
        return new AdminService(node, () -> {
            throw new IOException("nothing is mounted");
        });
    }

    /** The last answer; {@code listener} gets those before it. */
    public AdminAnswer handle(AdminCommand command, ProgressListener listener) {
        try {
            return switch (command) {
                case AdminCommand.Status() -> done(node.status());
                case AdminCommand.Stats() -> done(node.stats());
                case AdminCommand.DiskUsage(String path) -> node.diskUsage(path, listener);
                case AdminCommand.Fsck(boolean repair) -> node.fsck(repair);
                case AdminCommand.Gc(boolean dryRun) -> done(node.collect(dryRun, listener));
                case AdminCommand.Scrub(AdminCommand.Action action) -> done(node.scrub(action));
                case AdminCommand.Compact(AdminCommand.Action action) -> done(node.compact(action));
                case AdminCommand.Unmount() -> done(unmounting.unmount());
            };
        } catch (IOException refused) {
            LOG.info("{} was refused: {}", command, refused.toString());
            return new AdminAnswer.Failed(words(refused));
        } catch (RuntimeException | AssertionError bug) {
            LOG.error("{} met a bug", command, bug);
            return new AdminAnswer.Failed("this is a bug of NeedleFS, the log has more: " + bug);
        }
    }

    /** What to tell a user: the message, with the kind of exception where that has none of its own. */
    public static String words(IOException problem) {
        String message = problem.getMessage();
        return switch (problem) {
            case java.nio.file.NoSuchFileException none -> none.getFile() + ": no such file or directory";
            case java.nio.file.AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case java.nio.file.NotDirectoryException file -> file.getFile() + ": is not a directory";
            case java.nio.file.FileAlreadyExistsException there -> there.getFile() + ": exists already";
            case java.nio.file.FileSystemException other -> String.valueOf(other.getMessage());
            default -> message == null || message.isBlank() ? problem.getClass().getSimpleName() : message;
        };
    }

    private static AdminAnswer done(Report report) {
        return new AdminAnswer.Done(report, ExitCode.OK);
    }
}
