package org.needlefs.client.binding;

import java.io.IOException;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.storage.CorruptDataException;
import org.needlefs.storage.OutOfSpaceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where what went wrong becomes the number that the kernel is told. Threading: any. */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /**
     * The errno to answer {@code operation} with. An answer passes silently; a broken disk or bad bytes are logged
     * here and nowhere else; anything unchecked is a bug of this program and is logged with its stack.
     */
    public static Errno errnoOf(Throwable failure, Operation operation) {
        return switch (failure) {
            case FsException answer -> answer.errno();
            case OutOfSpaceException unused -> Errno.ENOSPC;
            case CorruptDataException corrupt -> {
                LOG.error("{} met corrupt data: {}", operation, corrupt.getMessage());
                yield Errno.EIO;
            }
            case IOException environment -> {
                LOG.error("{} failed: {}", operation, environment.toString(), environment);
                yield Errno.EIO;
            }
            default -> {
                LOG.error("{} met a bug", operation, failure);
                yield Errno.EIO;
            }
        };
    }
}
