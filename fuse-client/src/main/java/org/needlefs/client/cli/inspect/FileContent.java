package org.needlefs.client.cli.inspect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;

/** Reads a file by its path, without a kernel in between. Symlinks are not followed. Threading: confined to the caller. */
final class FileContent {
    private static final int BLOCK_SIZE_BYTES = 1 << 20;

    private FileContent() {}

    /** @throws FileNotFoundException there is no such file */
    static void write(FileOperations operations, String path, OutputStream into) throws IOException {
        Attributes file = resolve(operations, path);
        if (!file.isFile()) {
            throw new FileNotFoundException(path + ": is not a file");
        }
        long handle = operations.open(file.inode(), 0).handle(); // O_RDONLY
        try {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE_BYTES);
            long offsetBytes = 0;
            while (offsetBytes < file.sizeBytes()) {
                int countBytes = operations.read(handle, offsetBytes, block.clear());
                if (countBytes <= 0) {
                    throw new IOException(path + ": ends at " + offsetBytes + " of " + file.sizeBytes() + " bytes");
                }
                into.write(block.array(), 0, countBytes);
                offsetBytes += countBytes;
            }
            into.flush();
        } finally {
            operations.release(handle);
        }
    }

    private static Attributes resolve(FileOperations operations, String path) throws IOException {
        try {
            Attributes at = operations.attributes(Inode.ROOT);
            for (String name : path.split("/", -1)) {
                if (!name.isEmpty()) {
                    at = operations.lookup(at.inode(), Name.of(name));
                }
            }
            return at;
        } catch (FsException refused) {
            if (refused.errno() == Errno.ENOENT || refused.errno() == Errno.ENOTDIR) {
                throw new FileNotFoundException(path + ": no such file or directory");
            }
            throw refused;
        }
    }
}
