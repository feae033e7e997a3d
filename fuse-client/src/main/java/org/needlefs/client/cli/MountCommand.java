package org.needlefs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.AdminService;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.admin.Report;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.client.mount.Foreground;
import org.needlefs.client.mount.Launcher;
import org.needlefs.client.mount.MountSettings;
import org.needlefs.client.mount.Mountpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Mounts, in the background unless told otherwise. */
@Command(
        name = "mount",
        description = "Mount a filesystem whose data is in a local directory. Returns once it can be used.",
        mixinStandardHelpOptions = true)
final class MountCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--embedded",
            required = true,
            paramLabel = "DATA_DIR[,DIR…]",
            description =
                    "Where the data is or shall be; more than one to spread it over disks. Made if it is not there.")
    private String data = "";

    @Option(
            names = {"-f", "--foreground"},
            description = "Stay in the foreground; Ctrl-C unmounts.")
    private boolean foreground;

    @Option(
            names = "-o",
            paramLabel = "OPTION[,…]",
            description = "ro, allow_other, nodev, nosuid, noexec, noxattr, fuse=kernel|jnr|auto, write_buffer=SIZE, "
                    + "read_cache=SIZE, threads=N.")
    private List<String> options = new ArrayList<>();

    /** Set by the background start: say on standard output, in one line, how mounting went. */
    @Option(names = "--say-ready", hidden = true)
    private boolean sayReady;

    @Parameters(paramLabel = "MOUNTPOINT", description = "An existing directory.")
    private Path place = Path.of("");

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!sayReady) {
            return run();
        }
        try {
            return run();
        } catch (IOException refused) {
            System.out.println(AdminService.words(refused).replaceAll("\\R", "; "));
            throw refused;
        }
    }

    private int run() throws IOException, InterruptedException {
        MountSettings settings = MountSettings.parse(options);
        DataDirectories directories = DataDirectories.parse(data);
        Path mountpoint = Mountpoint.free(place);
        directories.checkApartFrom(mountpoint);
        directories.make();
        if (foreground) {
            Foreground mount = new Foreground(
                    mountpoint,
                    directories,
                    settings,
                    code -> Runtime.getRuntime().halt(code.number()));
            return mount.run(sayReady ? MountCommand::sayReady : () -> {}).number();
        }
        return inBackground(mountpoint, directories);
    }

    private int inBackground(Path mountpoint, DataDirectories directories) throws IOException {
        String program = Optional.ofNullable(System.getProperty("needlefs.program"))
                .orElseThrow(() -> new IOException("start this with bin/needlefs, or mount in the foreground with -f"));
        List<String> command = new ArrayList<>(List.of(program, "mount", "--foreground", "--say-ready"));
        command.addAll(List.of("--embedded", directories.toString()));
        for (String option : options) {
            command.addAll(List.of("-o", option));
        }
        command.add(mountpoint.toString());
        long pid = Launcher.start(command, mountpoint, directories.logFolder());
        output.print(Report.EMPTY
                .with("mounted", mountpoint.toString())
                .with("data", directories.first().toString())
                .with("pid", pid));
        return ExitCode.OK.number();
    }

    /** After this nobody reads our standard output. */
    private static void sayReady() {
        System.out.println(Launcher.READY);
        System.out.flush();
        System.setOut(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
    }
}
