package org.needlefs.test.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.needlefs.client.bench.NullFileSystem;
import org.needlefs.client.binding.MountFlag;
import org.needlefs.client.binding.MountOptions;
import org.needlefs.client.binding.Mounted;
import org.needlefs.client.binding.kernel.KernelMount;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.system.LinuxCalls;
import org.needlefs.test.system.Programs;

/**
 * A null filesystem on a new directory, served by this process. Without {@code /dev/fuse} or the right to mount, making
 * one fails with the reason. Guarantee: after {@link #close} neither mount nor directory is left.
 */
final class NullMount implements AutoCloseable {
    private static final long CACHE_MILLIS = 3_600_000;

    private final Path directory;
    private final NullFileSystem fileSystem = new NullFileSystem(0, 0);
    private final Mounted mounted;

    private NullMount(Path directory, MountOptions options) throws IOException {
        this.directory = directory;
        this.mounted = new KernelMount().mount(directory, options, fileSystem);
    }

    static NullMount mount(MountFlag... flags) throws IOException {
        return on(TestFileSystem.workDirectory("needlefs-null"), flags);
    }

    static NullMount on(Path directory, MountFlag... flags) throws IOException {
        MountOptions options =
                MountOptions.named("null").withCacheMillis(CACHE_MILLIS).with(MountFlag.ALLOW_OTHER);
        for (MountFlag flag : flags) {
            options = options.with(flag);
        }
        return new NullMount(directory, options);
    }

    /** Serves a null filesystem on the directory that the argument names until this process is killed. */
    public static void main(String[] arguments) throws Exception {
        NullMount mount = on(Path.of(arguments[0]));
        System.out.println("mounted");
        mount.mounted.awaitEnd();
    }

    Path directory() {
        return directory;
    }

    NullFileSystem fileSystem() {
        return fileSystem;
    }

    Mounted mounted() {
        return mounted;
    }

    LinuxCalls calls() {
        return LinuxCalls.below(directory.toString());
    }

    Programs programs() {
        return Programs.in(directory);
    }

    @Override
    public void close() throws IOException {
        if (mounted.isAlive()) {
            mounted.detach();
        }
        Files.delete(directory);
    }
}
