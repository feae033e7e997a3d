package org.needlefs.client.cli;

import org.needlefs.client.admin.ExitCode;
import picocli.CommandLine.Command;

/** Prints a script that makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Print a completion script for bash and zsh: . <(needlefs completion)",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements java.util.concurrent.Callable<Integer> {
    @Override
    public Integer call() {
        System.out.print(Main.completion());
        return ExitCode.OK.number();
    }
}
