package org.needlefs.client.cli.inspect;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.cli.Output;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.storage.needle.Inspect;
import org.needlefs.storage.needle.StoreDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The index is never the truth: it can always be made anew. */
@Command(
        name = "rebuild-index",
        description = "Throw the index of objects away and make it anew from the containers.",
        mixinStandardHelpOptions = true)
final class RebuildIndexCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "DATA_DIR[,DIR…]", description = "The data, which must not be mounted.")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        DataDirectories directories = DataDirectories.parse(data);
        long recordCount = Stopped.with(directories, stores -> {
            long count = 0;
            for (StoreDirectory store : stores) {
                count += Inspect.rebuildIndex(store);
            }
            return count;
        });
        output.print(Report.EMPTY.with("rebuilt", directories.toString()).with("recordCount", recordCount));
        return ExitCode.OK.number();
    }
}
