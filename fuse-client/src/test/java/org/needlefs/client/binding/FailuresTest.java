package org.needlefs.client.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Errno;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.OutOfSpaceException;

final class FailuresTest {
    @Test
    void everyKindOfFailureHasItsErrno() {
        assertThat(Failures.errnoOf(Errno.ENOTEMPTY.because("full"), Operation.RMDIR))
                .isEqualTo(Errno.ENOTEMPTY);
        assertThat(Failures.errnoOf(new OutOfSpaceException("reserve"), Operation.WRITE))
                .isEqualTo(Errno.ENOSPC);
        assertThat(Failures.errnoOf(new CorruptDataException("bad sum"), Operation.READ))
                .isEqualTo(Errno.EIO);
        assertThat(Failures.errnoOf(new IOException("disk"), Operation.FSYNC)).isEqualTo(Errno.EIO);
        assertThat(Failures.errnoOf(new IllegalStateException("bug"), Operation.READ))
                .isEqualTo(Errno.EIO);
        assertThat(Failures.errnoOf(new AssertionError("broken invariant"), Operation.READ))
                .isEqualTo(Errno.EIO);
    }
}
