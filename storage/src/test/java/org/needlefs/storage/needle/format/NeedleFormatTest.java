package org.needlefs.storage.needle.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.ObjectId;

final class NeedleFormatTest {
    /** Version 1, frozen: other bytes need another version. */
    private static final String GOLDEN_NEEDLE = "0100000000000000" + "00000000000000070000000000000009"
            + "0000000000000005" + "0000000000001234" + "0000000000001000"
            + "0000000000000001000000000000000200000000000000030000000000000004"
            + "000000000000002a" + "0000000000000000";

    private static final String GOLDEN_TOMBSTONE = "0101000000000000" + "00000000000000070000000000000009"
            + "0000000000000005" + "0000000000001234" + "0000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000000000"
            + "000000000000002a" + "0000000000000063";

    private static final ObjectId ID = new ObjectId(7, 9);

    @Test
    void aNeedlesHeaderIsTheseBytes() throws Exception {
        NeedleHeader needle =
                NeedleHeader.needle(ID, 5, 0x1234, 4096, new Sha256(1, 2, 3, 4)).copyOf(42);
        check(needle, GOLDEN_NEEDLE);
    }

    @Test
    void aTombstoneIsTheseBytes() throws Exception {
        check(NeedleHeader.tombstone(ID, 5, 0x1234, 99, 42), GOLDEN_TOMBSTONE);
    }

    private static void check(NeedleHeader header, String golden) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(NeedleHeader.SIZE_BYTES);
        header.writeTo(bytes);
        byte[] written = new byte[NeedleHeader.SIZE_BYTES];
        bytes.flip().get(written);
        assertThat(HexFormat.of().formatHex(written)).isEqualTo(golden);
        assertThat(NeedleHeader.readFrom(ByteBuffer.wrap(HexFormat.of().parseHex(golden))))
                .isEqualTo(header);
    }

    @Test
    void aHeaderThatMakesNoSenseIsRefused() {
        for (int at : new int[] {0, 1, 2, 7, 40, 80, 88}) {
            byte[] bytes = HexFormat.of().parseHex(GOLDEN_NEEDLE);
            bytes[at] = (byte) 0x80;
            assertThatThrownBy(() -> NeedleHeader.readFrom(ByteBuffer.wrap(bytes)))
                    .as("byte %d", at)
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void digestsAgreeWithTheJdkForHeapAndDirectBuffersInPieces() throws Exception {
        byte[] bytes = new byte[200_001];
        new Random(1).nextBytes(bytes);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(100_000).put(bytes, 100_001, 100_000).flip();
        Sha256 found = new Digests(2).sha256(ByteBuffer.wrap(bytes, 0, 100_001), direct);
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertThat(found).hasToString(expected);
        assertThat(direct.position()).isZero();
    }

    @Test
    void digestsRunInNativeCodeHere() {
        System.out.println("native SHA-256: " + Digests.nativeEnabled());
        boolean linuxOnX86 = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assertThat(Digests.nativeEnabled()).isEqualTo(linuxOnX86);
    }
}
