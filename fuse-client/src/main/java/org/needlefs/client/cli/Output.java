package org.needlefs.client.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.needlefs.client.admin.AdminAnswer;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import picocli.CommandLine;

/**
 * Where a command's answer goes: reports to standard output, as a table or as one JSON object; everything else to standard
 * error. A mixin, so that every command has {@code --json}. Threading: the command's thread.
 */
public final class Output {
    private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private final PrintStream out;
    private final PrintStream err;

    /** Set by picocli. */
    @CommandLine.Option(names = "--json", description = "Print the answer as one JSON object.")
    private boolean json;

    public Output() {
        this(System.out, System.err);
    }

    Output(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public ExitCode print(AdminAnswer answer) throws IOException {
        return switch (answer) {
            case AdminAnswer.Done(Report report, ExitCode exitCode) -> {
                print(report);
                yield exitCode;
            }
            case AdminAnswer.Failed(String why) -> throw new IOException(why);
            case AdminAnswer.Progress _ -> throw new IllegalStateException("progress is no last answer");
        };
    }

    public void print(Report report) throws IOException {
        out.println(
                json ? PRETTY.asString(report.toTree()) : TextReport.of(report).stripTrailing());
        out.flush();
        if (out.checkError()) {
            throw new IOException("the answer could not be written");
        }
    }

    /** For people: not printed where a program reads along. */
    public void say(String line) {
        if (!json) {
            out.println(line);
        }
    }

    /** A bar where a person looks at a terminal, nothing elsewhere. {@link ProgressBar#close} wipes it. */
    public ProgressBar progress() {
        return new ProgressBar(err, !json && isTerminal());
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException _) {
            return false;
        }
    }
}
