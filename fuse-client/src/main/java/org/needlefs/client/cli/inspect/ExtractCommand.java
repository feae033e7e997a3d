package org.needlefs.client.cli.inspect;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.cli.Output;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.client.mount.OfflineNode;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.Inspect;
import org.needlefs.storage.needle.StoreDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gets content out without a mount: files by their path, and single objects even if the namespace is lost. */
@Command(
        name = "extract",
        description = "Write the content of files or objects to standard output, or into a folder with --to.",
        mixinStandardHelpOptions = true)
final class ExtractCommand implements Callable<Integer> {
    private static final String OBJECT_ID = "[0-9a-f]{32}";

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "An existing folder, in which each gets a file of its last name; none is overwritten.")
    private Optional<Path> folder = Optional.empty();

    @Parameters(index = "0", paramLabel = "DATA_DIR[,DIR…]", description = "The data, which must not be mounted.")
    private String data = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PATH|OBJECT",
            description = "A path from the filesystem's root, with a slash in front; or an object's 32 digits.")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        for (String name : names) {
            if (!name.startsWith("/") && !name.matches(OBJECT_ID)) {
                throw new IllegalArgumentException(
                        "'" + name + "' is neither a path that begins with / nor the 32 digits of an object");
            }
        }
        DataDirectories directories = DataDirectories.parse(data);
        List<Report> extracted = new ArrayList<>();
        for (String name : names) {
            if (folder.isEmpty()) {
                write(directories, name, System.out);
                continue;
            }
            Path target = folder.get().resolve(name.substring(name.lastIndexOf('/') + 1));
            try (OutputStream into = new BufferedOutputStream(
                    Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
                write(directories, name, into);
            } catch (FileNotFoundException missing) {
                Files.deleteIfExists(target);
                throw missing;
            }
            extracted.add(Report.EMPTY
                    .with("name", name)
                    .with("file", target.toString())
                    .with("sizeBytes", Files.size(target)));
        }
        if (folder.isPresent()) {
            output.print(Report.EMPTY.with("extracted", extracted));
        }
        return ExitCode.OK.number();
    }

    private static void write(DataDirectories directories, String name, OutputStream into) throws IOException {
        if (name.startsWith("/")) {
            try (OfflineNode node = OfflineNode.open(directories)) {
                FileContent.write(node.operations(), name, into);
            }
            return;
        }
        ObjectId object =
                new ObjectId(Long.parseUnsignedLong(name, 0, 16, 16), Long.parseUnsignedLong(name, 16, 32, 16));
        boolean found = Stopped.with(directories, stores -> {
            for (StoreDirectory store : stores) {
                try {
                    Inspect.extract(store, object, into);
                    return true;
                } catch (FileNotFoundException _) {
                    // On another disk, then.
                }
            }
            return false;
        });
        if (!found) {
            throw new FileNotFoundException("no object " + name + " in " + directories);
        }
    }
}
