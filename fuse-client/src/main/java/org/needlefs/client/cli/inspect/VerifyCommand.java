package org.needlefs.client.cli.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminAnswer;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.cli.Output;
import org.needlefs.client.cli.ProgressBar;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.storage.needle.Inspect;
import org.needlefs.storage.needle.StoreDirectory;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.volume.Damage;
import org.needlefs.storage.needle.volume.Inspection;
import org.needlefs.storage.segment.RecordPosition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reads every byte of every container. */
@Command(
        name = "verify",
        description = "Read every object and compare checksums and digests; exit code 1 if something is damaged.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private static final int SHOWN_DAMAGES_MAX = 1000;

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "DATA_DIR[,DIR…]", description = "The data, which must not be mounted.")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        DataDirectories directories = DataDirectories.parse(data);
        Tally tally;
        try (ProgressBar progress = output.progress()) {
            tally = Stopped.with(directories, stores -> {
                Tally all = new Tally(progress);
                for (StoreDirectory store : stores) {
                    Inspect.verify(store, all);
                }
                return all;
            });
        }
        output.print(tally.report());
        return (tally.damageCount == 0 ? ExitCode.OK : ExitCode.FAILED).number();
    }

    /** Threading: confined to the command. */
    private static final class Tally implements Inspection.Visitor {
        private final ProgressBar progress;
        private final List<Report> damages = new ArrayList<>();
        private long recordCount;
        private long liveCount;
        private long liveBytes;
        private long damageCount;

        Tally(ProgressBar progress) {
            this.progress = progress;
        }

        @Override
        public void record(long sequence, RecordPosition position, NeedleHeader header, Inspection.State state) {
            recordCount++;
            if (state == Inspection.State.LIVE) {
                liveCount++;
                liveBytes += header.sizeBytes();
            }
            progress.progress(new AdminAnswer.Progress("records", recordCount, 0));
        }

        @Override
        public void damaged(Damage damage) {
            damageCount++;
            if (damages.size() < SHOWN_DAMAGES_MAX) {
                damages.add(Report.EMPTY
                        .with("segment", damage.segment())
                        .with("offsetBytes", damage.offsetBytes())
                        .with("sizeBytes", damage.sizeBytes())
                        .with("why", damage.why()));
            }
        }

        Report report() {
            return Report.EMPTY
                    .with("recordCount", recordCount)
                    .with("liveObjectCount", liveCount)
                    .with("liveBytes", liveBytes)
                    .with("damageCount", damageCount)
                    .with("damaged", damages);
        }
    }
}
