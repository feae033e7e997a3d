package org.needlefs.storage.needle.format;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.needlefs.storage.Check;

/**
 * Computes SHA-256 with Bouncy Castle's native code. Keeps a bounded number of digest states and copy blocks for reuse;
 * when all are in use, another is made and thrown away. Heap buffers are read in place, direct ones through a block.
 * Threading: any.
 */
public final class Digests {
    /** Large enough to make the call into native code cheap, small enough to stay in the L2 cache. */
    private static final int BLOCK_SIZE_BYTES = 64 * 1024;

    private final ArrayBlockingQueue<Hasher> idle;

    public Digests(int idleMax) {
        this.idle = new ArrayBlockingQueue<>(idleMax);
    }

    /** Whether SHA-256 runs in Bouncy Castle's native library here; otherwise it runs in Java, several times slower. */
    public static boolean nativeEnabled() {
        return SHA256Digest.newInstance().toString().contains("Native");
    }

    /** Of all remaining bytes of the buffers, one behind the other. Their positions do not move. */
    public Sha256 sha256(ByteBuffer... buffers) {
        Hasher hasher = borrow();
        for (ByteBuffer buffer : buffers) {
            hasher.update(buffer);
        }
        return finish(hasher);
    }

    /** Bytes that come in pieces: {@link Running#update} in order, then {@link Running#finish} once. */
    public Running start() {
        return new Running(borrow());
    }

    private Hasher borrow() {
        Hasher hasher = idle.poll();
        return hasher == null ? new Hasher() : hasher;
    }

    private Sha256 finish(Hasher hasher) {
        Sha256 digest = hasher.finish();
        // A full pool drops the hasher, which is the bound.
        boolean unused = idle.offer(hasher);
        return digest;
    }

    /** A digest under way. Threading: one thread. */
    public final class Running {
        private final Hasher hasher;

        private Running(Hasher hasher) {
            this.hasher = hasher;
        }

        /** Takes all remaining bytes; the position does not move. */
        public void update(ByteBuffer buffer) {
            hasher.update(buffer);
        }

        public Sha256 finish() {
            return Digests.this.finish(hasher);
        }
    }

    private static final class Hasher {
        private final Digest digest = SHA256Digest.newInstance();
        private final byte[] block = new byte[BLOCK_SIZE_BYTES];

        void update(ByteBuffer buffer) {
            int offset = buffer.position();
            int end = buffer.limit();
            while (offset < end) {
                int sizeBytes = Math.min(end - offset, BLOCK_SIZE_BYTES);
                if (buffer.hasArray()) {
                    digest.update(buffer.array(), buffer.arrayOffset() + offset, sizeBytes);
                } else {
                    buffer.get(offset, block, 0, sizeBytes);
                    digest.update(block, 0, sizeBytes);
                }
                offset += sizeBytes;
            }
        }

        Sha256 finish() {
            int sizeBytes = digest.doFinal(block, 0);
            Check.that(sizeBytes == Sha256.SIZE_BYTES, "SHA-256 gave %d bytes", sizeBytes);
            return Sha256.readFrom(ByteBuffer.wrap(block));
        }
    }
}
