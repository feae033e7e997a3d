package org.needlefs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.needlefs.client.admin.AdminAnswer;
import org.needlefs.client.admin.AdminClient;
import org.needlefs.client.admin.AdminCommand;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.mount.Mountpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a mount: everything is stored and the process that served it is gone when this returns 0. */
@Command(
        name = "umount",
        aliases = "unmount",
        description = "Store everything, unmount, and wait until the mount's process has ended.",
        mixinStandardHelpOptions = true)
final class UmountCommand implements Callable<Integer> {
    private static final long END_SECONDS_MAX = 60;

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "MOUNTPOINT", description = "Where it is mounted, or its data directory.")
    private Path place = Path.of("");

    @Override
    public Integer call() throws IOException {
        Mountpoint mountpoint = Mountpoint.find(place);
        Optional<AdminClient> server = AdminClient.connect(mountpoint.dataDirectory());
        if (server.isEmpty()) {
            mountpoint.removeDead();
            output.say("removed " + mountpoint.path() + ", whose process was gone");
            return ExitCode.OK.number();
        }
        AdminAnswer answer;
        try (ProgressBar progress = output.progress()) {
            answer = server.get().ask(new AdminCommand.Unmount(), progress);
        }
        if (answer instanceof AdminAnswer.Failed(String why)) {
            String users = mountpoint.users();
            throw new IOException(why + (users.isEmpty() ? "" : "; it is used by " + users));
        }
        if (answer instanceof AdminAnswer.Done(Report report, ExitCode _)
                && report.values().get("pid") instanceof Number pid) {
            awaitEnd(pid.longValue());
        }
        return output.print(answer).number();
    }

    private static void awaitEnd(long pid) throws IOException {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return;
        }
        try {
            var ignored = process.get().onExit().get(END_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            throw new IOException("unmounted, but process " + pid + " does not end");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for process " + pid, stopped);
        }
    }
}
