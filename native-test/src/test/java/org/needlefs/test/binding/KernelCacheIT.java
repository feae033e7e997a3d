package org.needlefs.test.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.system.LinuxCalls.done;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;
import org.needlefs.test.system.Credentials;
import org.needlefs.test.system.FileStatus;
import org.needlefs.test.system.Flags;
import org.needlefs.test.system.LinuxCalls;

/**
 * The kernel may believe names and attributes for an hour here, so whatever it shows after a change of our own must be
 * what the filesystem itself says.
 */
final class KernelCacheIT {
    private static final int FILE_MODE = 0644;

    private NullMount mount;
    private LinuxCalls calls;

    @BeforeEach
    void mount() throws IOException {
        mount = NullMount.mount();
        calls = mount.calls();
        for (String name : List.of("a", "b", "target")) {
            done("close", calls.close(calls.opened(name, Flags.O_RDWR | Flags.O_CREAT, FILE_MODE)));
        }
        done("mkdir", calls.mkdir("d", 0755));
        seen("a", "b", "target", "d", ".");
    }

    @AfterEach
    void unmount() throws IOException {
        mount.close();
    }

    @Test
    void afterWritesAndTruncations() throws IOException {
        int file = calls.opened("a", Flags.O_RDWR, 0);
        done("pwrite", calls.pwrite(file, new byte[5000], 100));
        seen("a");
        done("ftruncate", calls.ftruncate(file, 10));
        seen("a");
        done("pwrite", calls.pwrite(file, new byte[1], 70_000));
        seen("a");
        done("close", calls.close(file));
        done("close", calls.close(calls.opened("a", Flags.O_WRONLY | Flags.O_TRUNC, 0)));
        assertThat(calls.status("a").size()).isZero();
        seen("a");
    }

    @Test
    void afterAppends() throws IOException {
        int file = calls.opened("a", Flags.O_RDWR | Flags.O_APPEND, 0);
        done("write", calls.write(file, new byte[100]));
        done("write", calls.write(file, new byte[100]));
        assertThat(calls.status("a").size()).isEqualTo(200);
        done("close", calls.close(file));
        seen("a");
    }

    @Test
    void afterLinksAndUnlinks() throws IOException {
        done("link", calls.link("a", "d/a2"));
        seen("a", "d/a2", "d", ".");
        done("unlink", calls.unlink("a"));
        seen("d/a2", ".");
        assertThat(calls.status("a").error()).isEqualTo(-2);
        int notEmpty = -39;
        assertThat(calls.rmdir("d")).isEqualTo(notEmpty);
        done("unlink", calls.unlink("d/a2"));
        done("rmdir", calls.rmdir("d"));
        seen(".");
    }

    @Test
    void afterRenames() throws IOException {
        done("link", calls.link("target", "other"));
        seen("target", "other");
        done("rename over", calls.rename("a", "target"));
        seen("target", "other", ".");
        assertThat(calls.status("a").error()).isEqualTo(-2);
        done("exchange", calls.rename("target", "b", Flags.RENAME_EXCHANGE));
        seen("target", "b", "other");
        done("mkdir", calls.mkdir("e", 0755));
        done("exchange", calls.rename("d", "b", Flags.RENAME_EXCHANGE));
        seen("d", "b", ".", "e");
        done("move", calls.rename("b", "e/b"));
        seen("e", "e/b", ".");
        assertThat(calls.status("e/b/..").inode()).isEqualTo(calls.status("e").inode());
    }

    @Test
    void afterAnAbsentNameComesToBe() throws IOException {
        for (String made : List.of("x", "y", "z")) {
            assertThat(calls.status(made).error()).isEqualTo(-2);
        }
        done("mkdir", calls.mkdir("x", 0755));
        done("symlink", calls.symlink("a", "y"));
        done("rename", calls.rename("a", "z"));
        seen("x", "y", "z", ".");
    }

    @Test
    void afterAllocatingPunchingAndCopying() throws IOException {
        int source = calls.opened("a", Flags.O_RDWR, 0);
        int target = calls.opened("b", Flags.O_RDWR, 0);
        done("fallocate", calls.fallocate(source, 0, 0, 9000));
        seen("a");
        done("punch", calls.fallocate(source, Flags.FALLOC_FL_PUNCH_HOLE | Flags.FALLOC_FL_KEEP_SIZE, 0, 4096));
        seen("a");
        assertThat(calls.copyRange(source, 0, target, 100, 9000)).isEqualTo(9000);
        seen("a", "b");
        done("close", calls.close(source));
        done("close", calls.close(target));
    }

    @Test
    void afterChangesOfOwnerModeAndTimes() throws IOException {
        done("chmod", calls.chmod("a", 06755));
        seen("a");
        done("chown", calls.chown("a", 1000, 100));
        seen("a");
        done("utimensat", calls.setTimes("a", 5, 6, 7, 8));
        seen("a");
    }

    @Test
    void aWriterOfAnotherUserTakesTheSetUserIdBitAwayAndEverybodySeesIt() throws IOException {
        LinuxCalls other = calls.as(Credentials.user(1000, 1000));
        // By descriptor, because not everybody may walk down to a directory for temporary files.
        int directory = calls.opened(".", Flags.O_RDONLY | Flags.O_DIRECTORY, 0);
        done("chmod", calls.chmod("a", 06777));
        seen("a");
        int file = opened(other, directory, Flags.O_WRONLY);
        done("write", other.write(file, new byte[10]));
        assertThat(calls.status("a").permissions()).as("after a write").isEqualTo(0777);
        done("chmod", calls.chmod("a", 06777));
        done("ftruncate", other.ftruncate(file, 3));
        assertThat(calls.status("a").permissions()).as("after ftruncate").isEqualTo(0777);
        done("chmod", calls.chmod("a", 06777));
        done("fallocate", other.fallocate(file, 0, 0, 100));
        assertThat(calls.status("a").permissions()).as("after fallocate").isEqualTo(0777);
        done("close", calls.close(file));
        done("chmod", calls.chmod("a", 06777));
        done("close", calls.close(opened(other, directory, Flags.O_WRONLY | Flags.O_TRUNC)));
        assertThat(calls.status("a").permissions()).as("after O_TRUNC").isEqualTo(0777);
        seen("a");
        done("close", calls.close(directory));
    }

    private static int opened(LinuxCalls calls, int directory, int flags) {
        return (int) done("open as another user", calls.openAt(directory, "a", flags, 0));
    }

    /** What stat shows of each name, cached or not, is what the filesystem has. */
    private void seen(String... names) throws IOException {
        for (String name : names) {
            FileStatus first = calls.status(name);
            FileStatus status = calls.status(name);
            assertThat(status).as(name).isEqualTo(first);
            Attributes truth = mount.fileSystem().attributes(new Inode(status.inode()));
            assertThat(status.mode()).as("mode of %s", name).isEqualTo(truth.mode());
            assertThat(status.links()).as("links of %s", name).isEqualTo(truth.linkCount());
            assertThat(status.uid()).as("user of %s", name).isEqualTo(truth.userId());
            assertThat(status.gid()).as("group of %s", name).isEqualTo(truth.groupId());
            assertThat(status.size()).as("size of %s", name).isEqualTo(truth.sizeBytes());
            assertThat(status.blocks()).as("blocks of %s", name).isEqualTo((truth.allocatedBytes() + 511) / 512);
            assertThat(status.modifyNanos()).as("modify time of %s", name).isEqualTo(truth.modifyNanos());
            assertThat(status.changeNanos()).as("change time of %s", name).isEqualTo(truth.changeNanos());
        }
    }
}
