package org.needlefs.test.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What one getdents64(2) answered: no entries at the end, {@code error} is minus the errno or 0. */
public record DirectoryPage(long error, List<DirectoryEntry> entries) {
    private static final int TYPE_OFFSET = 18;
    private static final int NAME_OFFSET = 19;

    public DirectoryPage {
        entries = List.copyOf(entries);
    }

    /** Reads {@code result} bytes of struct linux_dirent64. */
    static DirectoryPage of(MemorySegment buffer, long result) {
        List<DirectoryEntry> entries = new ArrayList<>();
        for (long at = 0; at < result; at += Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + 16))) {
            long length = 0;
            while (buffer.get(JAVA_BYTE, at + NAME_OFFSET + length) != 0) {
                length++;
            }
            byte[] name = buffer.asSlice(at + NAME_OFFSET, length).toArray(JAVA_BYTE);
            entries.add(new DirectoryEntry(
                    FileNames.text(name),
                    buffer.get(JAVA_LONG, at),
                    buffer.get(JAVA_LONG, at + 8),
                    buffer.get(JAVA_BYTE, at + TYPE_OFFSET)));
        }
        return new DirectoryPage(Math.min(0, result), entries);
    }
}
