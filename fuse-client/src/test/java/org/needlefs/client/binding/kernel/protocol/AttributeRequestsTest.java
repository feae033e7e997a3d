package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.client.binding.kernel.protocol.Exchange.ROOT;
import static org.needlefs.client.binding.kernel.protocol.Exchange.body;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.needlefs.client.bench.NullFileSystem;
import org.needlefs.cluster.model.Errno;

final class AttributeRequestsTest {
    private static final int MODE = 1;
    private static final int USER = 1 << 1;
    private static final int SIZE = 1 << 3;
    private static final int ACCESS = 1 << 4;
    private static final int MODIFY = 1 << 5;
    private static final int ACCESS_NOW = 1 << 7;
    private static final int DROP = 1 << 11;

    private final Exchange kernel = new Exchange();
    private final long file = kernel.file("f", 0106755);

    @Test
    void getattrShowsSizeAndTimesAlsoBefore1970() {
        kernel.ask(Opcode.SETATTR, file, setattr(SIZE | ACCESS | MODIFY, 0, 5000, -1, 999_999_999));
        Exchange.Reply shown = kernel.ask(Opcode.GETATTR, file, body().int64(0).int64(0));
        assertThat(shown.remaining()).isEqualTo(104);
        assertThat(shown.int64()).as("validity").isEqualTo(1);
        assertThat(shown.int32()).isEqualTo(500_000_000);
        assertThat(shown.skip(4).int64()).as("inode").isEqualTo(file);
        assertThat(shown.int64()).as("size").isEqualTo(5000);
        assertThat(shown.int64()).as("sectors").isEqualTo(10);
        assertThat(shown.int64()).as("access seconds").isEqualTo(-1);
        assertThat(shown.int64()).as("modify seconds").isEqualTo(-1);
        assertThat(shown.skip(8).int32()).as("access nanoseconds").isEqualTo(999_999_999);
        kernel.refuse(Errno.ESTALE, Opcode.GETATTR, 0, body().int64(0).int64(0));
        kernel.refuse(Errno.ESTALE, Opcode.GETATTR, -5, body().int64(0).int64(0));
    }

    @Test
    void timesOutOfRangeBecomeTheNearest() {
        Exchange.Reply shown = kernel.ask(Opcode.SETATTR, file, setattr(MODIFY, 0, 0, Long.MAX_VALUE, 0));
        assertThat(shown.skip(16 + 32).int64()).isBetween(9_000_000_000L, 9_300_000_000L);
    }

    @Test
    void nowIsTheClockAndNotWhatStandsBeside() {
        Exchange.Reply shown = kernel.ask(Opcode.SETATTR, file, setattr(ACCESS | ACCESS_NOW, 0, 0, 5, 5));
        assertThat(shown.skip(16 + 24).int64()).isCloseTo(System.currentTimeMillis() / 1000, Offset.offset(600L));
    }

    @Test
    void chmodSetsTheBitsAndChownDropsPrivileges() {
        kernel.ask(Opcode.SETATTR, file, setattr(MODE, 0104711, 0, 0, 0));
        assertThat(kernel.permissions(file)).isEqualTo(04711);
        kernel.ask(Opcode.SETATTR, file, setattr(USER, 0, 0, 0, 0));
        assertThat(kernel.permissions(file)).isEqualTo(0711);
    }

    @Test
    void aChownThatChangesNothingDropsThemToo() {
        kernel.ask(Opcode.SETATTR, file, setattr(0, 0, 0, 0, 0));
        assertThat(kernel.permissions(file)).isEqualTo(0755);
    }

    @Test
    void truncatingDropsPrivilegesOnlyWhenTheKernelSaysSo() {
        kernel.ask(Opcode.SETATTR, file, setattr(SIZE, 0, 10, 0, 0));
        assertThat(kernel.permissions(file)).isEqualTo(06755);
        kernel.ask(Opcode.SETATTR, file, setattr(SIZE | DROP, 0, 10, 0, 0));
        assertThat(kernel.permissions(file)).isEqualTo(0755);
    }

    @Test
    void directoriesKeepTheirBits() {
        long directory = kernel.ask(
                        Opcode.MKDIR, ROOT, body().int32(02775).int32(0).text("d"))
                .int64();
        kernel.ask(Opcode.SETATTR, directory, setattr(USER, 0, 0, 0, 0));
        assertThat(kernel.permissions(directory)).isEqualTo(02775);
    }

    @Test
    void statxAlsoShowsTheBirth() {
        Exchange.Reply shown = kernel.ask(
                Opcode.STATX, file, body().int32(0).int32(0).int64(0).int32(0).int32(0xfff));
        assertThat(shown.remaining()).isEqualTo(288);
        assertThat(shown.skip(32).int32()).as("mask").isEqualTo(0xfff);
        assertThat(shown.skip(12).int32()).as("links").isEqualTo(1);
        assertThat(shown.skip(8).body().getShort() & 0xffff).as("mode").isEqualTo(0106755);
        assertThat(shown.skip(2).int64()).as("inode").isEqualTo(file);
        assertThat(shown.skip(24 + 16).int64()).as("birth").isPositive();
    }

    @Test
    void statfsCountsBlocksAndInodes() {
        Exchange.Reply shown = kernel.ask(Opcode.STATFS, ROOT, body());
        assertThat(shown.remaining()).isEqualTo(80);
        assertThat(shown.int64()).isEqualTo((1L << 40) / 4096);
        assertThat(shown.skip(16).int64()).as("inodes").isEqualTo(Integer.MAX_VALUE);
        assertThat(shown.skip(8).int32()).as("block").isEqualTo(4096);
        assertThat(shown.int32()).as("longest name").isEqualTo(255);
    }

    @Test
    void xattrsThatAreSwitchedOffAreNotImplemented() {
        Exchange without = new Exchange(new NullFileSystem(0, 0), 0, false);
        without.refuse(
                Errno.ENOSYS, Opcode.SETXATTR, ROOT, body().int32(0).int32(0).text("user.a"));
        without.refuse(
                Errno.ENOSYS, Opcode.GETXATTR, ROOT, body().int32(0).int32(0).text("user.a"));
        without.refuse(Errno.ENOSYS, Opcode.LISTXATTR, ROOT, body().int32(0).int32(0));
        without.refuse(Errno.ENOSYS, Opcode.REMOVEXATTR, ROOT, body().text("user.a"));
        without.ask(Opcode.STATFS, ROOT, body());
    }

    @Test
    void xattrsAreSetShownListedAndRemoved() {
        kernel.ask(
                Opcode.SETXATTR, file, body().int32(3).int32(0).text("user.a").bytes(new byte[] {1, 0, 2}));
        kernel.ask(Opcode.SETXATTR, file, body().int32(0).int32(1).text("user.b"));
        kernel.refuse(
                Errno.EEXIST, Opcode.SETXATTR, file, body().int32(0).int32(1).text("user.b"));
        kernel.refuse(
                Errno.ENODATA, Opcode.SETXATTR, file, body().int32(0).int32(2).text("user.c"));
        kernel.refuse(
                Errno.EINVAL, Opcode.SETXATTR, file, body().int32(0).int32(4).text("user.c"));
        kernel.refuse(
                Errno.EINVAL, Opcode.SETXATTR, file, body().int32(9).int32(0).text("user.c"));

        assertThat(kernel.ask(Opcode.GETXATTR, file, body().int32(0).int32(0).text("user.a"))
                        .int32())
                .isEqualTo(3);
        Exchange.Reply value =
                kernel.ask(Opcode.GETXATTR, file, body().int32(3).int32(0).text("user.a"));
        assertThat(value.text(3)).isEqualTo("\1\0\2");
        kernel.refuse(
                Errno.ERANGE, Opcode.GETXATTR, file, body().int32(2).int32(0).text("user.a"));

        assertThat(kernel.ask(Opcode.LISTXATTR, file, body().int32(0).int32(0)).int32())
                .isEqualTo(14);
        assertThat(kernel.ask(Opcode.LISTXATTR, file, body().int32(14).int32(0)).text(14))
                .isEqualTo("user.a\0user.b\0");
        kernel.refuse(Errno.ERANGE, Opcode.LISTXATTR, file, body().int32(13).int32(0));
        kernel.ask(Opcode.REMOVEXATTR, file, body().text("user.a"));
        kernel.refuse(
                Errno.ENODATA, Opcode.GETXATTR, file, body().int32(0).int32(0).text("user.a"));
    }

    private static Exchange.Body setattr(int valid, int mode, long size, long seconds, int nanos) {
        return body().int32(valid)
                .int32(0)
                .int64(0)
                .int64(size)
                .int64(0)
                .int64(seconds)
                .int64(seconds)
                .int64(seconds)
                .int32(nanos)
                .int32(nanos)
                .int32(nanos)
                .int32(mode)
                .int32(0)
                .int32(42)
                .int32(43)
                .int32(0);
    }
}
