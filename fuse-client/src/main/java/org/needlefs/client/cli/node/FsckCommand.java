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

/** The check of the tree. */
@Command(
        name = "fsck",
        description = "Check every invariant of the tree and of what it refers to; exit code 1 if something is wrong.",
        mixinStandardHelpOptions = true)
public final class FsckCommand implements Callable<Integer> {
    @Mixin
    private NodeTarget target = new NodeTarget();

    @Option(names = "--repair", description = "Mend what can be mended; exit code 3 if something is left.")
    private boolean repair;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A mountpoint, a path on one, or a data directory; not needed if only one is mounted.")
    private Optional<Path> place = Optional.empty();

    @Override
    public Integer call() throws IOException {
        return target.ask(place, new AdminCommand.Fsck(repair));
    }
}
