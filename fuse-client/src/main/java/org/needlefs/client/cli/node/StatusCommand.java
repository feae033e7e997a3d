package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** How a filesystem is. */
@Command(
        name = "status",
        description = "Show how a filesystem is: mount, space, background work.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A mountpoint, a path on one, or a data directory; not needed if only one is mounted.")
    private Optional<Path> place = Optional.empty();

    @Override
    public Integer call() throws IOException {
        return target.ask(place, new AdminCommand.Status());
    }
}
