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

/** The search for garbage. */
@Command(
        name = "gc",
        description = "Find and delete objects that nothing refers to (never younger than an hour).",
        mixinStandardHelpOptions = true)
public final class GcCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Option(names = "--dry-run", description = "Only say what would be deleted.")
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
