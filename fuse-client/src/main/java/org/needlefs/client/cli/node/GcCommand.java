package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Objects that a crash left behind. */
@Command(
        name = "gc",
        description = "Delete objects that no file refers to, as a crash leaves them; never younger than an hour.",
        mixinStandardHelpOptions = true)
public final class GcCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Option(names = "--dry-run", description = "Count them, and delete nothing.")
    private boolean dryRun;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A mountpoint, a path on one, or a data directory; not needed if only one is mounted.")
    private Optional<Path> place = Optional.empty();

    @Override
    public Integer call() throws IOException {
        return target.ask(place, new AdminCommand.Gc(dryRun));
    }
}
