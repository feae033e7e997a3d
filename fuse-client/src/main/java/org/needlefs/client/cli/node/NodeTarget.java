package org.needlefs.client.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.needlefs.client.admin.AdminClient;
import org.needlefs.client.admin.AdminCommand;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.cli.Output;
import org.needlefs.client.cli.ProgressBar;
import org.needlefs.client.mount.MountTable;
import org.needlefs.client.mount.OfflineNode;
import picocli.CommandLine.Mixin;

/**
 * Which filesystem a command is about, and the way to it: the process that has it mounted, or, where none has, its data
 * directory opened for as long as the command takes.
 */
final class NodeTarget {
    @Mixin
    private Output output = new Output();

    Output output() {
        return output;
    }

    /**
     * Has the command carried out and prints the answer.
     *
     * @param place a mountpoint, a path below one or a data directory
     */
    int ask(Optional<Path> place, AdminCommand command) throws IOException {
        return ask(dataDirectory(place), command);
    }

    private int ask(Path dataDirectory, AdminCommand command) throws IOException {
        Optional<AdminClient> server = AdminClient.connect(dataDirectory);
        try (ProgressBar progress = output.progress()) {
            if (server.isPresent()) {
                return print(server.get().ask(command, progress), progress);
            }
            try (OfflineNode node = OfflineNode.open(dataDirectory)) {
                return print(node.service().handle(command, progress), progress);
            }
        }
    }

    private int print(org.needlefs.client.admin.AdminAnswer answer, ProgressBar progress) throws IOException {
        progress.close();
        ExitCode code = output.print(answer);
        return code.number();
    }

    /** The named one, or the only one that is mounted. */
    static Path dataDirectory(Optional<Path> place) throws IOException {
        MountTable table = MountTable.read();
        if (place.isPresent()) {
            return table.dataDirectoryOf(place.get());
        }
        List<Path> mounted = table.needleFs().stream()
                .map(MountTable.Entry::dataDirectory)
                .distinct()
                .toList();
        if (mounted.isEmpty()) {
            throw new IOException("nothing is mounted; name a data directory, or mount one with 'needlefs mount'");
        }
        if (mounted.size() > 1) {
            throw new IOException("several are mounted, name one: "
                    + String.join(
                            ", ",
                            table.needleFs().stream()
                                    .map(entry -> entry.mountpoint().toString())
                                    .toList()));
        }
        return mounted.getFirst();
    }
}
