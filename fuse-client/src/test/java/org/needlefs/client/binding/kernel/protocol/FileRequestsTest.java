package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.client.binding.kernel.protocol.Exchange.ROOT;
import static org.needlefs.client.binding.kernel.protocol.Exchange.body;
import static org.needlefs.client.binding.kernel.protocol.Exchange.read;

import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;

final class FileRequestsTest {
    private static final int KEEP_CACHE = 2;
    private static final int NO_FLUSH = 32;

    private final Exchange kernel = new Exchange();
    private final long file = kernel.file("f", 0106777);

    @Test
    void openAnswersWithTheHandleAndWhatTheKernelMayKeep() {
        Exchange.Reply opened = kernel.ask(Opcode.OPEN, file, body().int32(1).int32(0));
        assertThat(opened.remaining()).isEqualTo(16);
        assertThat(opened.int64()).isEqualTo(file);
        assertThat(opened.int32()).isEqualTo(KEEP_CACHE);
        opened = kernel.ask(Opcode.OPEN, file, body().int32(0).int32(0));
        assertThat(opened.skip(8).int32()).as("only read: no flush").isEqualTo(KEEP_CACHE | NO_FLUSH);
    }

    @Test
    void writeAndReadMoveAsManyBytesAsThereAre() {
        Exchange.Reply written = kernel.ask(Opcode.WRITE, file, kernel.write(file, 10, 1 << 20, 0));
        assertThat(written.int32()).isEqualTo(1 << 20);
        assertThat(written.skip(4).remaining()).isZero();
        assertThat(kernel.ask(Opcode.READ, file, read(file, 0, 1 << 20)).remaining())
                .isEqualTo(1 << 20);
        assertThat(kernel.ask(Opcode.READ, file, read(file, 1 << 20, 4096)).remaining())
                .isEqualTo(10);
        assertThat(kernel.ask(Opcode.READ, file, read(file, 2 << 20, 4096)).remaining())
                .isZero();
    }

    @Test
    void aReadBringsTheBytesOfTheFileAndNotThoseOfTheReplyBefore() {
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 4096, 0));
        Exchange.Reply bytes = kernel.ask(Opcode.READ, file, read(file, 0, 4096));
        for (int index = 0; index < 4096; index++) {
            assertThat(bytes.body().get()).isZero();
        }
    }

    @Test
    void sizesThatNoKernelMayAskForAreRefused() {
        kernel.refuse(Errno.EINVAL, Opcode.READ, file, read(file, 0, (1 << 20) + 1));
        kernel.refuse(Errno.EINVAL, Opcode.READ, file, read(file, 0, -1));
        Exchange.Body shortened = body().int64(file)
                .int64(0)
                .int32(100)
                .int32(0)
                .int64(0)
                .int32(0)
                .int32(0);
        kernel.refuse(Errno.EINVAL, Opcode.WRITE, file, shortened.bytes(new byte[99]));
    }

    @Test
    void writingTakesPrivilegesAwayAndTellsTheKernelOnce() {
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 1, 0));
        assertThat(kernel.permissions(file)).as("the writer may keep them").isEqualTo(06777);
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 1, 4));
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 1, 4));
        assertThat(kernel.permissions(file)).isEqualTo(0777);
        assertThat(kernel.changed()).containsExactly(new Inode(file));
    }

    @Test
    void theGroupBitStaysWhereTheGroupMayNotExecute() {
        long locked = kernel.file("locked", 0106764);
        kernel.ask(Opcode.OPEN, locked, body().int32(01001).int32(1));
        assertThat(kernel.permissions(locked)).isEqualTo(02764);
    }

    @Test
    void flushFsyncAndReleaseAnswerEmpty() {
        assertThat(kernel.ask(Opcode.FLUSH, file, body().int64(file).int64(0).int64(0))
                        .remaining())
                .isZero();
        assertThat(kernel.ask(Opcode.FSYNC, file, body().int64(file).int32(1).int32(0))
                        .remaining())
                .isZero();
        assertThat(kernel.ask(
                                Opcode.RELEASE,
                                file,
                                body().int64(file).int32(0).int32(0).int64(0))
                        .remaining())
                .isZero();
        assertThat(kernel.ask(Opcode.SYNCFS, ROOT, body().int64(0)).remaining()).isZero();
    }

    @Test
    void fallocateKnowsItsModesAndRefusesOthers() {
        kernel.ask(
                Opcode.FALLOCATE,
                file,
                body().int64(file).int64(0).int64(500).int32(0).int32(0));
        assertThat(size()).isEqualTo(500);
        for (int keepsSize : new int[] {1, 3, 0x11}) {
            kernel.ask(
                    Opcode.FALLOCATE,
                    file,
                    body().int64(file).int64(0).int64(900).int32(keepsSize).int32(0));
        }
        assertThat(size()).isEqualTo(500);
        kernel.ask(
                Opcode.FALLOCATE,
                file,
                body().int64(file).int64(0).int64(900).int32(0x10).int32(0));
        assertThat(size()).isEqualTo(900);
        kernel.refuse(
                Errno.EOPNOTSUPP,
                Opcode.FALLOCATE,
                file,
                body().int64(file).int64(0).int64(900).int32(8).int32(0));
        assertThat(kernel.permissions(file)).as("an ordinary user allocated").isEqualTo(0777);
    }

    @Test
    void lseekFindsDataAndHoles() {
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 100, 0));
        assertThat(kernel.ask(
                                Opcode.LSEEK,
                                file,
                                body().int64(file).int64(10).int32(3).int32(0))
                        .int64())
                .isEqualTo(10);
        assertThat(kernel.ask(
                                Opcode.LSEEK,
                                file,
                                body().int64(file).int64(10).int32(4).int32(0))
                        .int64())
                .isEqualTo(100);
        kernel.refuse(
                Errno.ENXIO,
                Opcode.LSEEK,
                file,
                body().int64(file).int64(100).int32(3).int32(0));
        kernel.refuse(
                Errno.EINVAL,
                Opcode.LSEEK,
                file,
                body().int64(file).int64(0).int32(0).int32(0));
    }

    @Test
    void copyFileRangeAnswersIn32OrIn64Bits() {
        kernel.ask(Opcode.WRITE, file, kernel.write(file, 0, 100, 0));
        long target = kernel.file("target", 0104755);
        Exchange.Reply copied = kernel.ask(Opcode.COPY_FILE_RANGE, file, copy(target, 0));
        assertThat(copied.remaining()).isEqualTo(8);
        assertThat(copied.int32()).isEqualTo(90);
        assertThat(kernel.permissions(target)).as("an ordinary user copied").isEqualTo(0755);
        copied = kernel.ask(Opcode.COPY_FILE_RANGE_64, file, copy(target, 0));
        assertThat(copied.int64()).isEqualTo(90);
        kernel.refuse(Errno.EINVAL, Opcode.COPY_FILE_RANGE, file, copy(target, 1));
    }

    private Exchange.Body copy(long target, long flags) {
        return body().int64(file)
                .int64(10)
                .int64(target)
                .int64(target)
                .int64(7)
                .int64(1000)
                .int64(flags);
    }

    private long size() {
        return kernel.ask(Opcode.GETATTR, file, body().int64(0).int64(0))
                .skip(16 + 8)
                .int64();
    }
}
