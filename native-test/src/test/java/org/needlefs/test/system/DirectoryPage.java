package org.needlefs.test.system;

import java.util.List;

/** What one getdents64(2) answered: no entries at the end, {@code error} is minus the errno or 0. */
public record DirectoryPage(long error, List<DirectoryEntry> entries) {
    public DirectoryPage {
        entries = List.copyOf(entries);
    }
}
