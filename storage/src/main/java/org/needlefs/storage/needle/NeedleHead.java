package org.needlefs.storage.needle;

import java.util.UUID;
import org.needlefs.storage.ObjectId;
import org.needlefs.storage.needle.format.Sha256;

/**
 * What is known of an object without reading it.
 *
 * @param flags as in the needle's header
 */
public record NeedleHead(
        ObjectId id,
        long sizeBytes,
        Sha256 digest,
        long createdMillis,
        long epoch,
        UUID diskId,
        long segment,
        long offsetBytes,
        int flags) {}
