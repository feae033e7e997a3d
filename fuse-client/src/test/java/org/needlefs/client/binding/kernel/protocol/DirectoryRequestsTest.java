package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.client.binding.kernel.protocol.Exchange.ROOT;
import static org.needlefs.client.binding.kernel.protocol.Exchange.body;
import static org.needlefs.client.binding.kernel.protocol.Exchange.read;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.needlefs.client.bench.NullFileSystem;

final class DirectoryRequestsTest {
    private static final int CACHE_DIRECTORY = 8;
    private static final int KEEP_CACHE = 2;

    private final Exchange kernel = new Exchange();

    private record Listed(long node, long inode, long cookie, int kind, String name) {}

    @Test
    void aListingBeginsWithTheDotsAndGoesOnAtAnyCookie() {
        List<String> expected = new ArrayList<>(List.of(".", ".."));
        for (int index = 0; index < 300; index++) {
            String name = "n".repeat(1 + index % 200) + index;
            long unused = kernel.file(name, 0100644);
            expected.add(name);
        }
        for (boolean plus : new boolean[] {false, true}) {
            for (int size : new int[] {420, 4096, 1 << 20}) {
                assertThat(listAll(size, plus)).extracting(Listed::name).containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void attributesComeWithEveryEntryButTheDots() {
        long file = kernel.file("f", 0100644);
        long directory = kernel.ask(
                        Opcode.MKDIR, ROOT, body().int32(0755).int32(0).text("d"))
                .int64();
        List<Listed> listed = listAll(4096, true);
        assertThat(listed).extracting(Listed::node).containsExactly(0L, 0L, file, directory);
        assertThat(listed).extracting(Listed::inode).containsExactly(ROOT, ROOT, file, directory);
        assertThat(listed).extracting(Listed::kind).containsExactly(4, 4, 8, 4);
        assertThat(listed.get(0).cookie()).isEqualTo(1);
        assertThat(listed.get(1).cookie()).isEqualTo(2);
    }

    @Test
    void aBufferTooSmallForTheNextEntryBringsNothing() {
        long unused = kernel.file("n".repeat(200), 0100644);
        assertThat(list(2, 100, false)).isEmpty();
        assertThat(list(0, 10, false)).isEmpty();
        assertThat(list(0, 40, false)).extracting(Listed::name).containsExactly(".");
    }

    @Test
    void opendirLetsTheKernelKeepTheListingOnlyWhereItMayKeepNames() {
        assertThat(kernel.ask(Opcode.OPENDIR, ROOT, body().int32(0).int32(0))
                        .skip(8)
                        .int32())
                .isEqualTo(CACHE_DIRECTORY | KEEP_CACHE);
        Exchange uncached = new Exchange(new NullFileSystem(0, 0), 0);
        assertThat(uncached.ask(Opcode.OPENDIR, ROOT, body().int32(0).int32(0))
                        .skip(8)
                        .int32())
                .isZero();
    }

    @Test
    void fsyncdirAndReleasedirAnswerEmpty() {
        assertThat(kernel.ask(Opcode.FSYNCDIR, ROOT, body().int64(ROOT).int32(0).int32(0))
                        .remaining())
                .isZero();
        assertThat(kernel.ask(
                                Opcode.RELEASEDIR,
                                ROOT,
                                body().int64(ROOT).int64(0).int64(0))
                        .remaining())
                .isZero();
    }

    private List<Listed> listAll(int size, boolean plus) {
        List<Listed> all = new ArrayList<>();
        List<Listed> page = list(0, size, plus);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = list(all.getLast().cookie(), size, plus);
        }
        return all;
    }

    private List<Listed> list(long cookie, int size, boolean plus) {
        Exchange.Reply reply = kernel.ask(plus ? Opcode.READDIRPLUS : Opcode.READDIR, ROOT, read(ROOT, cookie, size));
        assertThat(reply.remaining()).isLessThanOrEqualTo(size);
        List<Listed> page = new ArrayList<>();
        while (reply.remaining() > 0) {
            long node = 0;
            if (plus) {
                node = reply.int64();
                reply = reply.skip(120);
            }
            long inode = reply.int64();
            long next = reply.int64();
            int nameSize = reply.int32();
            int kind = reply.int32();
            page.add(new Listed(node, inode, next, kind, reply.text(nameSize)));
            for (int padding = nameSize; padding % 8 != 0; padding++) {
                assertThat(reply.body().get()).as("padding").isZero();
            }
        }
        return page;
    }
}
