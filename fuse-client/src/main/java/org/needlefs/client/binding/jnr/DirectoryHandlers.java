package org.needlefs.client.binding.jnr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.needlefs.client.vfs.FileOperations;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NodeKind;

/**
 * Requests that list directories, and the filesystem's own figures.
 *
 * <p>A listing is a page of at most {@link Call#TRANSFER_SIZE_MAX} bytes for each request, so a directory of any size
 * takes no more memory. Threading: any.
 */
final class DirectoryHandlers {
    /** {@code struct fuse_dirent}: uint64 ino, uint64 off, uint32 namelen, uint32 type, name, padded to 8 bytes. */
    private static final int ENTRY_HEADER_BYTES = 24;

    private static final int ENTRY_ALIGNMENT_BYTES = 8;

    /** An entry with a name of about 12 bytes: how many of them to ask for at once. */
    private static final int ENTRY_TYPICAL_BYTES = 40;

    /** Where a listing goes on behind "." and "..": the offsets of entries are their cookies and this. */
    private static final long DOT_OFFSET = 1;

    private static final long DOT_DOT_OFFSET = 2;
    private static final byte[] DOT = ".".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DOT_DOT = "..".getBytes(StandardCharsets.US_ASCII);

    /** {@code d_type} is the type bits of {@code st_mode}, shifted. */
    private static final int TYPE_SHIFT = 12;

    private final FileOperations operations;

    DirectoryHandlers(FileOperations operations) {
        this.operations = operations;
    }

    void addTo(OperationTable table) {
        table.set(Slot.OPENDIR, this::open);
        table.set(Slot.READDIR, this::list);
        table.set(Slot.RELEASEDIR, this::release);
        table.set(Slot.FSYNCDIR, this::sync);
    }

    private void open(Call call) throws IOException {
        long fileInfo = call.address(2);
        long handle = operations.openDirectory(call.inode(1));
        FileInfo.opened(fileInfo, handle, false);
        if (!call.opened(fileInfo)) {
            operations.releaseDirectory(handle);
        }
    }

    private void list(Call call) throws IOException {
        Inode directory = call.inode(1);
        long offset = call.number(3);
        long handle = FileInfo.handle(call.address(4));
        ByteBuffer page =
                call.out(Math.min(call.number(2), Call.TRANSFER_SIZE_MAX)).order(ByteOrder.nativeOrder());
        boolean fits = true;
        if (offset < DOT_OFFSET) {
            fits = put(page, directory, NodeKind.DIRECTORY, DOT, DOT_OFFSET);
        }
        if (fits && offset < DOT_DOT_OFFSET) {
            fits = put(page, operations.parent(directory), NodeKind.DIRECTORY, DOT_DOT, DOT_DOT_OFFSET);
        }
        long cookie = Math.max(0, offset - DOT_DOT_OFFSET);
        while (fits && page.remaining() >= ENTRY_TYPICAL_BYTES) {
            int countMax = page.remaining() / ENTRY_TYPICAL_BYTES;
            List<Entry> entries = operations.list(handle, cookie, countMax);
            for (Entry entry : entries) {
                cookie = entry.cookie();
                fits = fits
                        && put(
                                page,
                                entry.attributes().inode(),
                                entry.attributes().kind(),
                                entry.name().bytes(),
                                Math.addExact(cookie, DOT_DOT_OFFSET));
            }
            if (entries.size() < countMax) {
                break;
            }
        }
        call.data(page.position());
    }

    private void release(Call call) throws IOException {
        operations.releaseDirectory(FileInfo.handle(call.address(2)));
        call.done();
    }

    private void sync(Call call) throws IOException {
        operations.syncDirectory(FileInfo.handle(call.address(3)));
        call.done();
    }

    /** False, with nothing written, if the page is too full. */
    private static boolean put(ByteBuffer page, Inode inode, NodeKind kind, byte[] name, long offset) {
        int sizeBytes = ENTRY_HEADER_BYTES + name.length;
        int paddedBytes = (sizeBytes + ENTRY_ALIGNMENT_BYTES - 1) & -ENTRY_ALIGNMENT_BYTES;
        if (paddedBytes > page.remaining()) {
            return false;
        }
        page.putLong(inode.value()).putLong(offset).putInt(name.length).putInt(kind.modeBits() >> TYPE_SHIFT);
        page.put(name);
        for (int padding = sizeBytes; padding < paddedBytes; padding++) {
            page.put((byte) 0);
        }
        return true;
    }
}
