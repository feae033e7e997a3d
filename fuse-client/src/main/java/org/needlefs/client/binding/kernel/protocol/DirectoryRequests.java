package org.needlefs.client.binding.kernel.protocol;

import java.io.IOException;
import java.util.List;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.storage.Check;

/**
 * Requests on open directories. A listing shows {@code .} at cookie 1, {@code ..} at cookie 2 and the entries at their
 * own cookies, which are larger. READDIRPLUS also tells the kernel each entry's attributes. Threading: any.
 */
final class DirectoryRequests {
    private static final long SELF_COOKIE = 1;
    private static final long PARENT_COOKIE = 2;
    /** {@code fuse_dirent} without its name. */
    private static final int DIRENT_SIZE = 24;
    /** Guess that decides how many entries are asked for at a time; those that do not fit are asked for again. */
    private static final int NAME_SIZE_USUAL = 16;

    private static final int ENTRY_COUNT_MAX = 4096;

    private static final int KIND_SHIFT = 12;

    private final FileOperations operations;

    DirectoryRequests(FileOperations operations) {
        this.operations = operations;
    }

    void opendir(RequestBytes request, ReplyBytes reply) throws IOException {
        OpenFlags.replyDirectory(reply, operations.openDirectory(request.node()));
    }

    /** {@code fuse_read_in}; the offset is the cookie of the last entry that the caller has seen. */
    void readdir(RequestBytes request, ReplyBytes reply, boolean withAttributes) throws IOException {
        long handle = request.int64(0);
        long cookie = request.int64(8);
        int sizeMax = request.int32(16);
        if (sizeMax < 0 || sizeMax > Handshake.DATA_SIZE_MAX) {
            throw Errno.EINVAL.because("a listing of %d bytes", sizeMax);
        }
        Inode directory = request.node();
        if (cookie < SELF_COOKIE && !dots(reply, sizeMax, directory, SELF_COOKIE, withAttributes)) {
            return;
        }
        if (cookie < PARENT_COOKIE
                && !dots(reply, sizeMax, operations.parent(directory), PARENT_COOKIE, withAttributes)) {
            return;
        }
        entries(reply, sizeMax, handle, Math.max(cookie, PARENT_COOKIE), withAttributes);
    }

    void fsyncdir(RequestBytes request) throws IOException {
        operations.syncDirectory(request.int64(0));
    }

    void releasedir(RequestBytes request) throws IOException {
        operations.releaseDirectory(request.int64(0));
    }

    private void entries(ReplyBytes reply, int sizeMax, long handle, long cookie, boolean withAttributes)
            throws IOException {
        long last = cookie == PARENT_COOKIE ? 0 : cookie;
        int usualSize = recordSize(NAME_SIZE_USUAL, withAttributes);
        while (true) {
            int countMax = Math.clamp((sizeMax - reply.bodySizeBytes()) / usualSize, 1, ENTRY_COUNT_MAX);
            List<Entry> entries = operations.list(handle, last, countMax);
            for (Entry entry : entries) {
                int size = recordSize(entry.name().sizeBytes(), withAttributes);
                if (reply.bodySizeBytes() + size > sizeMax) {
                    return;
                }
                Check.that(entry.cookie() > PARENT_COOKIE, "cookie %d is taken", entry.cookie());
                if (withAttributes) {
                    reply.entry(entry.attributes());
                }
                dirent(reply, entry);
                last = entry.cookie();
            }
            // Short names leave room for more; what is too little for a usual name waits for the next request.
            if (entries.size() < countMax || sizeMax - reply.bodySizeBytes() < usualSize) {
                return;
            }
        }
    }

    private static void dirent(ReplyBytes reply, Entry entry) {
        int nameSize = entry.name().sizeBytes();
        reply.int64(entry.attributes().inode().value()).int64(entry.cookie());
        reply.int32(nameSize).int32(entry.attributes().kind().modeBits() >> KIND_SHIFT);
        reply.name(entry.name()).zeros(padded(nameSize) - nameSize);
    }

    /** Writes {@code .} or {@code ..}; false if it does not fit. The kernel wants no attributes of these. */
    private static boolean dots(ReplyBytes reply, int sizeMax, Inode inode, long cookie, boolean withAttributes) {
        int nameSize = (int) cookie;
        if (reply.bodySizeBytes() + recordSize(nameSize, withAttributes) > sizeMax) {
            return false;
        }
        if (withAttributes) {
            reply.zeros(ReplyBytes.ENTRY_SIZE);
        }
        reply.int64(inode.value()).int64(cookie);
        reply.int32(nameSize).int32(NodeKind.DIRECTORY.modeBits() >> KIND_SHIFT);
        reply.bytes(nameSize == 1 ? new byte[] {'.'} : new byte[] {'.', '.'}).zeros(padded(nameSize) - nameSize);
        return true;
    }

    private static int recordSize(int nameSize, boolean withAttributes) {
        return (withAttributes ? ReplyBytes.ENTRY_SIZE : 0) + DIRENT_SIZE + padded(nameSize);
    }

    private static int padded(int size) {
        return (size + 7) & ~7;
    }
}
