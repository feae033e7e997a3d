package org.needlefs.storage.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers of one size, reused so that nothing is allocated per operation. Bound: keeps at most {@code countMax};
 * when it is empty a new buffer is made, when it is full a returned one is left to the garbage collector.
 * Threading: any.
 */
public final class BufferPool {
    private final int sizeBytes;
    private final int countMax;

    @GuardedBy("this")
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

    public BufferPool(int sizeBytes, int countMax) {
        this.sizeBytes = sizeBytes;
        this.countMax = countMax;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /** A cleared, big-endian buffer with arbitrary content; give it back with {@link #give}. */
    public ByteBuffer take() {
        synchronized (this) {
            if (!idle.isEmpty()) {
                return idle.pop().clear();
            }
        }
        return ByteBuffer.allocateDirect(sizeBytes);
    }

    /** The caller must not touch the buffer afterwards. */
    public synchronized void give(ByteBuffer buffer) {
        if (idle.size() < countMax) {
            idle.push(buffer);
        }
    }
}
