package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Control of compaction. */
@Command(
        name = "compact",
        description = "Free the space of what was deleted, in the background.",
        mixinStandardHelpOptions = true)
public final class CompactCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Parameters(index = "0", paramLabel = "ACTION", description = "start, suspend, resume or status.")
    private AdminCommand.Action action = AdminCommand.Action.STATUS;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATH",
            description = "A mountpoint, a path on one, or a data directory; not needed if only one is mounted.")
    private Optional<Path> place = Optional.empty();

    @Override
    public Integer call() throws IOException {
        return target.ask(place, new AdminCommand.Compact(action));
    }
}
