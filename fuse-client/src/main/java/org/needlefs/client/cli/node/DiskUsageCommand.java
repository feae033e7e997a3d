package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminCommand;
import org.needlefs.client.mount.MountTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The space that a path takes, counted by the node without going through the mount. */
@Command(
        name = "du",
        description = "Show the space that a path on a mount takes, with all below it.",
        mixinStandardHelpOptions = true)
public final class DiskUsageCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A path on a mount, or a data directory; all of it if only one is mounted.")
    private Optional<Path> place = Optional.empty();

    @Override
    public Integer call() throws IOException {
        String inside = "/";
        if (place.isPresent()) {
            inside = MountTable.read().inside(place.get());
        }
        return target.ask(place, new AdminCommand.DiskUsage(inside));
    }
}
