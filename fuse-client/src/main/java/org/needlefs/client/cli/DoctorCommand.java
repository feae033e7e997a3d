package org.needlefs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.tool.Doctor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is wrong with this machine. */
@Command(
        name = "doctor",
        description = "Check that this machine, and a data directory, are fit for a mount; exit code 1 if not.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "DATA_DIR", description = "A data directory to look at too.")
    private Optional<Path> dataDirectory = Optional.empty();

    @Override
    public Integer call() throws IOException {
        List<Report> checks = new ArrayList<>();
        boolean fit = true;
        for (Doctor.Finding finding : Doctor.examine(dataDirectory)) {
            fit &= finding.level() != Doctor.Level.FAIL;
            checks.add(Report.EMPTY
                    .with("result", finding.level().name())
                    .with("what", finding.what())
                    .with("found", finding.found())
                    .with("wayOut", finding.wayOut()));
        }
        output.print(Report.EMPTY.with("checks", checks));
        return (fit ? ExitCode.OK : ExitCode.FAILED).number();
    }
}
