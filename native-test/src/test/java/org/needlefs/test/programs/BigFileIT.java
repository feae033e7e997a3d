package org.needlefs.test.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.needlefs.test.fixture.TestFileSystem;

/** Large files, written and read back after a remount; every byte is compared. */
final class BigFileIT {
    private static final int PIECE_BYTES = 1 << 20;

    @Test
    void threeHundredMebibytesComeBack() throws IOException {
        writtenIsRead(300);
    }

    @Test
    @Tag("full")
    void sixGibibytesComeBack() throws IOException {
        writtenIsRead(6 * 1024);
    }

    private static void writtenIsRead(int pieces) throws IOException {
        try (TestFileSystem fileSystem = TestFileSystem.open()) {
            Path file = fileSystem.root().resolve("big");
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int piece = 0; piece < pieces; piece++) {
                    ByteBuffer bytes = ByteBuffer.wrap(piece(piece));
                    while (bytes.hasRemaining()) {
                        int ignored = channel.write(bytes);
                    }
                }
            }
            assertContent(file, pieces);
            fileSystem.remount();
            assertContent(file, pieces);
            assertThat(fileSystem.calls().status("big").size()).isEqualTo((long) pieces * PIECE_BYTES);
        }
    }

    private static void assertContent(Path file, int pieces) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
            for (int piece = 0; piece < pieces; piece++) {
                bytes.clear();
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // until the piece is full or the file ends
                }
                boolean same = java.util.Arrays.equals(bytes.array(), piece(piece)) && !bytes.hasRemaining();
                assertThat(same).as("mebibyte %d of %s", piece, file).isTrue();
            }
            assertThat(channel.position()).isEqualTo(channel.size());
        }
    }

    private static byte[] piece(int number) {
        byte[] bytes = new byte[PIECE_BYTES];
        new SplittableRandom(number).nextBytes(bytes);
        return bytes;
    }
}
