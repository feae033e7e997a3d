package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.client.binding.kernel.protocol.Exchange.ROOT;
import static org.needlefs.client.binding.kernel.protocol.Exchange.body;

import org.junit.jupiter.api.Test;
import org.needlefs.client.bench.NullFileSystem;
import org.needlefs.cluster.model.Errno;

final class NameRequestsTest {
    private final Exchange kernel = new Exchange();

    @Test
    void lookupShowsNodeValidityAndAttributes() {
        long node = kernel.file("f", 0100640);
        Exchange.Reply entry = kernel.ask(Opcode.LOOKUP, ROOT, body().text("f"));
        assertThat(entry.remaining()).isEqualTo(128);
        assertThat(entry.int64()).as("node").isEqualTo(node);
        assertThat(entry.int64()).as("generation").isZero();
        assertThat(entry.int64()).as("entry seconds").isEqualTo(1);
        assertThat(entry.int64()).as("attribute seconds").isEqualTo(1);
        assertThat(entry.int32()).as("entry nanoseconds").isEqualTo(500_000_000);
        assertThat(entry.int32()).as("attribute nanoseconds").isEqualTo(500_000_000);
        assertThat(entry.int64()).as("inode").isEqualTo(node);
        assertThat(entry.skip(52).int32()).as("mode").isEqualTo(0100640);
        assertThat(entry.int32()).as("links").isEqualTo(1);
        assertThat(entry.int32()).as("user").isEqualTo(Exchange.USER_ID);
        assertThat(entry.int32()).as("group").isEqualTo(Exchange.GROUP_ID);
    }

    @Test
    void anAbsentNameIsRememberedOnlyWhereNamesMayBe() {
        Exchange.Reply absent = kernel.ask(Opcode.LOOKUP, ROOT, body().text("no"));
        assertThat(absent.remaining()).isEqualTo(128);
        assertThat(absent.int64()).as("node").isZero();
        assertThat(absent.skip(8).int64()).as("entry seconds").isEqualTo(1);

        Exchange uncached = new Exchange(new NullFileSystem(0, 0), 0);
        uncached.refuse(Errno.ENOENT, Opcode.LOOKUP, ROOT, body().text("no"));
    }

    @Test
    void dotsLeadToTheDirectoryItselfAndToItsParent() {
        long directory = mkdir(ROOT, "d");
        assertThat(kernel.ask(Opcode.LOOKUP, directory, body().text(".")).int64())
                .isEqualTo(directory);
        assertThat(kernel.ask(Opcode.LOOKUP, directory, body().text("..")).int64())
                .isEqualTo(ROOT);
    }

    @Test
    void namesMayHave255BytesAndNoMore() {
        long node = kernel.file("n".repeat(255), 0100644);
        assertThat(kernel.ask(Opcode.LOOKUP, ROOT, body().text("n".repeat(255))).int64())
                .isEqualTo(node);
        kernel.refuse(Errno.ENAMETOOLONG, Opcode.LOOKUP, ROOT, body().text("n".repeat(256)));
    }

    @Test
    void mknodMakesEveryKindAndKeepsTheDeviceNumber() {
        int device = 0x0103;
        Exchange.Reply made = kernel.ask(
                Opcode.MKNOD,
                ROOT,
                body().int32(0020600).int32(device).int32(022).int32(0).text("null"));
        assertThat(made.skip(40 + 60).int32()).isEqualTo(0020600);
        assertThat(made.skip(12).int32()).as("device").isEqualTo(device);
        made = kernel.ask(
                Opcode.MKNOD,
                ROOT,
                body().int32(0010644).int32(device).int32(0).int32(0).text("pipe"));
        assertThat(made.skip(40 + 60).int32()).isEqualTo(0010644);
        assertThat(made.skip(12).int32()).as("device of a pipe").isZero();
        kernel.refuse(
                Errno.EINVAL,
                Opcode.MKNOD,
                ROOT,
                body().int32(0070644).int32(0).int32(0).int32(0).text("odd"));
    }

    @Test
    void symlinkAndReadlinkCarryTheTarget() {
        long node = kernel.ask(Opcode.SYMLINK, ROOT, body().text("link").text("../target"))
                .int64();
        Exchange.Reply target = kernel.ask(Opcode.READLINK, node, body());
        assertThat(target.text(target.remaining())).isEqualTo("../target");
    }

    @Test
    void linkUnlinkMkdirAndRmdirChangeTheTree() {
        long file = kernel.file("f", 0100644);
        long directory = mkdir(ROOT, "d");
        Exchange.Reply linked =
                kernel.ask(Opcode.LINK, directory, body().int64(file).text("g"));
        assertThat(linked.int64()).isEqualTo(file);
        assertThat(linked.skip(32 + 64).int32()).as("links").isEqualTo(2);
        kernel.refuse(Errno.ENOTEMPTY, Opcode.RMDIR, ROOT, body().text("d"));
        kernel.ask(Opcode.UNLINK, directory, body().text("g"));
        kernel.refuse(Errno.ENOENT, Opcode.UNLINK, directory, body().text("g"));
        kernel.ask(Opcode.RMDIR, ROOT, body().text("d"));
        assertThat(kernel.ask(Opcode.LOOKUP, ROOT, body().text("d")).int64()).isZero();
    }

    @Test
    void renameReplacesRefusesOrExchangesAsItsFlagsSay() {
        long first = kernel.file("first", 0100644);
        long second = kernel.file("second", 0100644);
        kernel.refuse(
                Errno.EEXIST,
                Opcode.RENAME2,
                ROOT,
                body().int64(ROOT).int32(1).int32(0).text("first").text("second"));
        kernel.ask(
                Opcode.RENAME2,
                ROOT,
                body().int64(ROOT).int32(2).int32(0).text("first").text("second"));
        assertThat(node("first")).isEqualTo(second);
        assertThat(node("second")).isEqualTo(first);
        kernel.refuse(
                Errno.EINVAL,
                Opcode.RENAME2,
                ROOT,
                body().int64(ROOT).int32(4).int32(0).text("first").text("third"));
        kernel.ask(
                Opcode.RENAME2,
                ROOT,
                body().int64(ROOT).int32(0).int32(0).text("first").text("third"));
        kernel.ask(Opcode.RENAME, ROOT, body().int64(ROOT).text("third").text("second"));
        assertThat(node("second")).isEqualTo(second);
        assertThat(node("first")).isZero();
        assertThat(node("third")).isZero();
    }

    @Test
    void createOpensWhatSomebodyElseMadeInTheMeantimeUnlessItMustBeNew() {
        long there = kernel.file("f", 0100644);
        assertThat(kernel.file("f", 0100600)).isEqualTo(there);
        int exclusive = 0200 | 2;
        kernel.refuse(
                Errno.EEXIST,
                Opcode.CREATE,
                ROOT,
                body().int32(exclusive).int32(0100644).int32(0).int32(0).text("f"));
    }

    @Test
    void tmpfileOpensAFileThatNoNameLeadsToUntilItIsLinked() {
        Exchange.Reply made = kernel.ask(
                Opcode.TMPFILE,
                ROOT,
                body().int32(2).int32(0100600).int32(0).int32(0).text("/"));
        assertThat(made.remaining()).isEqualTo(128 + 16);
        long node = made.int64();
        assertThat(made.skip(32 + 64).int32()).as("links").isZero();
        assertThat(kernel.ask(Opcode.LINK, ROOT, body().int64(node).text("named"))
                        .int64())
                .isEqualTo(node);
    }

    private long mkdir(long parent, String name) {
        return kernel.ask(Opcode.MKDIR, parent, body().int32(0755).int32(022).text(name))
                .int64();
    }

    private long node(String name) {
        return kernel.ask(Opcode.LOOKUP, ROOT, body().text(name)).int64();
    }
}
