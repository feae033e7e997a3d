package org.needlefs.client.cli.inspect;

import picocli.CommandLine.Command;

/** Groups the commands that look into a data directory that is not mounted. */
@Command(
        name = "inspect",
        description = "Look into the bare files of a data directory that is not mounted; each command has --json.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {DumpCommand.class, VerifyCommand.class, RebuildIndexCommand.class, ExtractCommand.class})
public final class InspectCommand {}
