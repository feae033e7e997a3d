package org.needlefs.client.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.needlefs.client.admin.AdminService;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.cli.inspect.InspectCommand;
import org.needlefs.client.cli.node.CompactCommand;
import org.needlefs.client.cli.node.DiskUsageCommand;
import org.needlefs.client.cli.node.FormatCommand;
import org.needlefs.client.cli.node.FsckCommand;
import org.needlefs.client.cli.node.GcCommand;
import org.needlefs.client.cli.node.ScrubCommand;
import org.needlefs.client.cli.node.StatsCommand;
import org.needlefs.client.cli.node.StatusCommand;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program {@code needlefs}. Exit codes: {@link ExitCode}. Bad input gets one line that names it, never a stack trace;
 * that of a bug is shown if the environment variable NEEDLEFS_DEBUG is set.
 */
@Command(
        name = "needlefs",
        description = "A filesystem on your own machines, mounted as a folder.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed; one line says why", "2:the command line makes no sense", "3:partly done"},
        footer = {"", "The manual is docs/MANUAL.md. Start with: needlefs mount --embedded ~/.needlefs ~/needlefs"},
        subcommands = {
            MountCommand.class,
            UmountCommand.class,
            FormatCommand.class,
            StatusCommand.class,
            DiskUsageCommand.class,
            StatsCommand.class,
            FsckCommand.class,
            GcCommand.class,
            ScrubCommand.class,
            CompactCommand.class,
            InspectCommand.class,
            DoctorCommand.class,
            BenchCommand.class,
            CompletionCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** What {@link #main} exits with. */
    static int run(String... arguments) {
        boolean json = List.of(arguments).contains("--json");
        CommandLine commandLine = commandLine();
        commandLine.setParameterExceptionHandler((refused, _) -> {
            CommandLine command = refused.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            complain(
                    command.getErr(),
                    oneLine(String.valueOf(refused.getMessage())) + "; see '" + name + " --help'",
                    ExitCode.USAGE,
                    json);
            return ExitCode.USAGE.number();
        });
        commandLine.setExecutionExceptionHandler((failed, command, _) -> {
            ExitCode code = failed instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.FAILED;
            complain(command.getErr(), oneLine(words(failed)), code, json);
            if (System.getenv("NEEDLEFS_DEBUG") != null) {
                failed.printStackTrace(command.getErr());
            }
            return code.number();
        });
        return commandLine.execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpWidth(100);
        commandLine.setExitCodeExceptionMapper(_ -> ExitCode.FAILED.number());
        return commandLine;
    }

    private static void complain(PrintWriter to, String line, ExitCode code, boolean json) {
        if (!json) {
            to.println("needlefs: " + line);
            return;
        }
        try {
            to.println(JSON.std.asString(Map.of("error", line, "exitCode", code.number())));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String words(Throwable failed) {
        return switch (failed) {
            case IOException environment -> AdminService.words(environment);
            case IllegalArgumentException nonsense -> String.valueOf(nonsense.getMessage());
            default -> "this is a bug, please report it (NEEDLEFS_DEBUG=1 shows where): " + failed;
        };
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** The script that completes words in bash and zsh. */
    static String completion() {
        return AutoComplete.bash("needlefs", commandLine());
    }
}
