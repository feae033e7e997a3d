package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.cli.Output;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.client.mount.DataDirectoryLock;
import org.needlefs.client.mount.Sizes;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.node.FilesystemFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fixes what can't be changed later. A first mount formats with the defaults by itself. */
@Command(
        name = "format",
        description = "Make a new, empty filesystem with sizes and a name of your choice.",
        mixinStandardHelpOptions = true)
public final class FormatCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            defaultValue = "5m",
            description = "Files are cut into objects of this size: 64k to 32m, ${DEFAULT-VALUE} unless given.")
    private String chunkSize = "";

    @Option(
            names = "--inline-size",
            paramLabel = "SIZE",
            defaultValue = "4k",
            description = "Files up to this size live in the namespace: 0 to 16k, ${DEFAULT-VALUE} unless given.")
    private String inlineSize = "";

    @Option(
            names = "--name",
            defaultValue = "needlefs",
            description = "What to call it: ${DEFAULT-VALUE} unless given.")
    private String name = "";

    @Parameters(paramLabel = "DATA_DIR[,DIR…]", description = "Where the data shall be; made if it is not there.")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        Geometry geometry = new Geometry(size("--chunk-size", chunkSize), size("--inline-size", inlineSize));
        FilesystemFormat format = FilesystemFormat.create(name, geometry);
        DataDirectories directories = DataDirectories.parse(data);
        directories.make();
        try (DataDirectoryLock _ = DataDirectoryLock.take(directories.first())) {
            for (Path directory : directories.paths()) {
                if (FilesystemFormat.existsIn(directory)) {
                    throw new IOException(directory + " holds a filesystem; to lose it, remove it first");
                }
            }
            format.writeTo(directories.first());
        }
        output.print(Report.EMPTY
                .with("formatted", directories.toString())
                .with("name", format.name())
                .with("id", format.filesystemId().toString())
                .with("chunkSizeBytes", geometry.chunkSizeBytes())
                .with("inlineSizeMaxBytes", geometry.inlineSizeMax()));
        return ExitCode.OK.number();
    }

    private static int size(String option, String text) {
        long bytes = Sizes.parse(text);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(option + " is too large: " + text);
        }
        return (int) bytes;
    }
}
