package org.needlefs.storage.needle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WriteBackTest {
    private final Semaphore synced = new Semaphore(0);
    private final AtomicInteger failures = new AtomicInteger();

    private void sync() throws IOException {
        synced.release();
        if (failures.getAndDecrement() > 0) {
            throw new IOException("the disk is gone");
        }
    }

    @Test
    void syncsOnceEnoughIsPendingAndAgainAfterAFailure() throws InterruptedException {
        failures.set(1);
        WriteBack writeBack = new WriteBack(this::sync);
        writeBack.begin();
        writeBack.wrote(WriteBack.PENDING_BYTES_MAX - 1);
        assertThat(synced.availablePermits()).isZero();
        writeBack.wrote(1);
        synced.acquire();
        writeBack.wrote(WriteBack.PENDING_BYTES_MAX);
        synced.acquire();
        writeBack.close();
        assertThat(synced.availablePermits()).isZero();
    }

    @Test
    void closeEndsItWithoutASync() {
        WriteBack writeBack = new WriteBack(this::sync);
        writeBack.begin();
        writeBack.wrote(1);
        writeBack.close();
        assertThat(synced.availablePermits()).isZero();
    }
}
