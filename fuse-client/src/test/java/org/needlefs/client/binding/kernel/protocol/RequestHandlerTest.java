package org.needlefs.client.binding.kernel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.client.binding.kernel.protocol.Exchange.ROOT;
import static org.needlefs.client.binding.kernel.protocol.Exchange.body;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Errno;

final class RequestHandlerTest {
    private final Exchange kernel = new Exchange();

    @Test
    void theHandshakeTakesTheSmallerMinorAndTheFeaturesThatAreWanted() {
        Exchange.Reply agreed = kernel.ask(Opcode.INIT, 0, init(7, 99, 128 << 10, -1));
        assertThat(agreed.remaining()).isEqualTo(64);
        assertThat(agreed.int32()).isEqualTo(7);
        assertThat(agreed.int32()).isEqualTo(45);
        assertThat(agreed.int32()).as("read-ahead").isEqualTo(1 << 20);
        assertThat(agreed.int32()).as("features").isEqualTo(Handshake.WANTED);
        assertThat(agreed.skip(4).int32()).as("largest write").isEqualTo(1 << 20);
        assertThat(agreed.int32()).as("granularity of times").isEqualTo(1);
        assertThat(agreed.body().getShort()).as("pages").isEqualTo((short) 256);

        agreed = kernel.ask(Opcode.INIT, 0, init(7, 31, 128 << 10, 1 << 3));
        assertThat(agreed.skip(4).int32()).isEqualTo(31);
        assertThat(agreed.skip(4).int32()).as("features").isEqualTo(1 << 3);
    }

    @Test
    void aNewerMajorIsAskedToComeDownAndAnOldKernelIsRefusedWithAReason() {
        Exchange.Reply answer = kernel.ask(Opcode.INIT, 0, init(8, 1, 0, 0));
        assertThat(answer.int32()).isEqualTo(7);
        assertThat(kernel.handler().handshakeRefusal()).isEmpty();
        kernel.refuse(Errno.EINVAL, Opcode.INIT, 0, init(7, 30, 0, 0));
        assertThat(kernel.handler().handshakeRefusal().orElseThrow()).contains("7.30", "7.31");
    }

    @Test
    void whatTheKernelForgetsOrInterruptsGetsNoReply() {
        kernel.tell(Opcode.FORGET, 2, body().int64(1));
        kernel.tell(Opcode.BATCH_FORGET, 0, body().int32(1).int32(0).int64(2).int64(1));
        kernel.tell(Opcode.INTERRUPT, 0, body().int64(12));
        kernel.tell(Opcode.NOTIFY_REPLY, 0, body());
    }

    @Test
    void whatIsTheKernelsOwnOrUnknownIsNotImplemented() {
        kernel.refuse(Errno.ENOSYS, Opcode.ACCESS, ROOT, body().int32(4).int32(0));
        kernel.refuse(Errno.ENOSYS, Opcode.BMAP, ROOT, body().int64(0).int64(0));
        kernel.refuse(Errno.ENOSYS, Opcode.POLL, ROOT, body().int64(0).int64(0).int64(0));
        kernel.refuse(Errno.ENOSYS, Opcode.GETLK, ROOT, body());
        kernel.refuse(Errno.ENOSYS, Opcode.SETLK, ROOT, body());
        kernel.refuse(Errno.ENOSYS, Opcode.SETLKW, ROOT, body());
        kernel.refuse(
                Errno.ENOTTY,
                Opcode.IOCTL,
                ROOT,
                body().int64(0).int64(0).int64(0).int64(0));
        for (int unknown : new int[] {0, 7, 19, 48, 54, 4096, -1, Integer.MAX_VALUE}) {
            assertThat(kernel.sendRaw(unknown, RequestBytes.HEADER_SIZE, ROOT, new byte[0])
                            .error())
                    .isEqualTo(-Errno.ENOSYS.number());
        }
        kernel.ask(Opcode.DESTROY, 0, body());
    }

    @Test
    void everyRequestIsCounted() {
        kernel.ask(Opcode.STATFS, ROOT, body());
        kernel.refuse(Errno.ENOENT, Opcode.UNLINK, ROOT, body().text("no"));
        assertThat(kernel.statistics().totalCount()).isEqualTo(2);
        assertThat(kernel.statistics().lines().getFirst().errorCount()).isEqualTo(1);
    }

    @Test
    void aBugInTheFilesystemBecomesAnErrorAndNothingElse() {
        Exchange broken = new Exchange(BrokenOperations.make(), 0);
        broken.refuse(Errno.EIO, Opcode.GETATTR, ROOT, body().int64(0).int64(0));
        broken.refuse(Errno.EIO, Opcode.LOOKUP, ROOT, body().text("x"));
    }

    @Test
    void aRequestThatIsNotAsLongAsItSaysIsRefused() {
        byte[] name = {'x', 0};
        assertThat(kernel.sendRaw(Opcode.LOOKUP.number(), 4096, ROOT, name).error())
                .isEqualTo(-Errno.EINVAL.number());
        assertThat(kernel.sendRaw(Opcode.LOOKUP.number(), RequestBytes.HEADER_SIZE + 1, ROOT, new byte[] {'x'})
                        .error())
                .as("a name without an end")
                .isEqualTo(-Errno.EINVAL.number());
    }

    /** Whatever arrives is answered by a reply that the kernel accepts, and never by more than it asked for. */
    @Test
    void randomAndTruncatedBytesAreAnsweredAndCrashNothing() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40_000; round++) {
            int opcode = random.nextInt(-1, 56);
            byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(100)];
            random.nextBytes(bytes);
            // Small numbers get further into the code than random ones.
            for (int index = 0; index < bytes.length; index++) {
                if (random.nextInt(3) > 0) {
                    bytes[index] = (byte) random.nextInt(4);
                }
            }
            int size = RequestBytes.HEADER_SIZE + bytes.length;
            int replySize = kernel.deliver(opcode, size, random.nextLong(-1, 20), bytes);
            assertThat(replySize == 0 || replySize >= ReplyBytes.HEADER_SIZE)
                    .as("seed %d, round %d, opcode %d", seed, round, opcode)
                    .isTrue();
            assertThat(kernel.lastError())
                    .as("a bug met in seed %d, round %d, opcode %d", seed, round, opcode)
                    .isNotEqualTo(-Errno.EIO.number());
        }
        assertThat(kernel.statistics().totalCount()).as("seed %d", seed).isEqualTo(40_000);
    }

    private static Exchange.Body init(int major, int minor, int readAhead, int flags) {
        return body().int32(major).int32(minor).int32(readAhead).int32(flags).bytes(new byte[48]);
    }
}
