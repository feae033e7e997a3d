package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.needlefs.test.system.DirectoryEntry;
import org.needlefs.test.system.LinuxCalls;

/** getdents64(2): listings that go on while the directory changes. */
final class ListingChecks {
    private static final int ENTRIES = 600;
    private static final int SMALL_BUFFER_BYTES = 1024;

    private ListingChecks() {}

    static void addTo(Checks checks) {
        checks.check("a new directory lists '.' and '..' with their inodes", at -> {
            at.directory("d");
            List<DirectoryEntry> entries = entries(at, "d", ignored -> {});
            assertThat(entries).extracting(DirectoryEntry::name).containsExactlyInAnyOrder(".", "..");
            for (DirectoryEntry entry : entries) {
                is(at.root.status("d/" + entry.name()).inode(), entry.inode());
                is(S_IFDIR >> 12, entry.type());
            }
        });
        checks.check("each entry has the inode and type that stat has", at -> {
            at.file("f");
            at.directory("d");
            at.symlink("x", "s");
            succeeds(at.root.mknod("p", S_IFIFO | 0644, 0), at.root.link("f", "g"));
            for (DirectoryEntry entry : entries(at, ".", ignored -> {})) {
                if (!entry.name().equals("..")) {
                    is(at.status(entry.name()).inode(), entry.inode());
                    is(at.status(entry.name()).type() >> 12, entry.type());
                }
            }
        });
        checks.check("every entry is listed once through a small buffer", at -> {
            fill(at);
            assertThat(ours(entries(at, "d", ignored -> {}))).hasSize(ENTRIES).doesNotHaveDuplicates();
        });
        checks.check("what is there all the while is listed once while others come and go", at -> {
            fill(at);
            List<String> names = ours(entries(at, "d", page -> {
                succeeds(at.root.mkdir("d/new" + page, 0755));
                if (page > 0) {
                    succeeds(at.root.rmdir("d/new" + (page - 1)));
                }
            }));
            assertThat(names.stream().filter(name -> name.startsWith("entry")))
                    .hasSize(ENTRIES)
                    .doesNotHaveDuplicates();
        });
        checks.check("what is removed as it is listed is removed entirely", at -> {
            fill(at);
            int directory = at.open("d", O_RDONLY);
            for (var page = at.root.readDirectory(directory, SMALL_BUFFER_BYTES);
                    !page.entries().isEmpty();
                    page = at.root.readDirectory(directory, SMALL_BUFFER_BYTES)) {
                ours(page.entries()).forEach(name -> succeeds(at.root.unlink("d/" + name)));
            }
            assertThat(at.root.list("d").get()).isEmpty();
            succeeds(at.root.rmdir("d"));
        });
        checks.check("a listing that starts again sees what is new", at -> {
            int directory = at.open(at.directory("d"), O_RDONLY);
            is(2, at.root.readDirectory(directory, 4096).entries().size());
            at.file("d/f");
            is(0, at.root.seek(directory, 0, SEEK_SET));
            is(3, at.root.readDirectory(directory, 4096).entries().size());
        });
        checks.check("a listing goes on from any entry's cookie", at -> {
            fill(at);
            int directory = at.open("d", O_RDONLY);
            List<DirectoryEntry> all = entries(at, "d", ignored -> {});
            for (int index : new int[] {0, 1, 2, 100, ENTRIES}) {
                succeeds(at.root.seek(directory, all.get(index).cookie(), SEEK_SET));
                DirectoryEntry next = at.root
                        .readDirectory(directory, SMALL_BUFFER_BYTES)
                        .entries()
                        .getFirst();
                assertThat(next.name()).isEqualTo(all.get(index + 1).name());
            }
        });
        checks.check("a buffer that no entry fits in: EINVAL", at -> {
            at.file("n".repeat(200));
            int directory = at.open(".", O_RDONLY);
            is(-EINVAL, at.root.readDirectory(directory, 8).error());
        });
    }

    private static void fill(Place at) {
        at.directory("d");
        for (int number = 0; number < ENTRIES; number++) {
            succeeds(at.root.mknod("d/entry" + number, S_IFREG | 0644, 0));
        }
    }

    private static List<DirectoryEntry> entries(Place at, String path, IntConsumer betweenPages) {
        int directory = at.open(path, O_RDONLY);
        List<DirectoryEntry> all = new ArrayList<>();
        for (int number = 0; ; number++) {
            var page = at.root.readDirectory(directory, SMALL_BUFFER_BYTES);
            LinuxCalls.done("getdents64", page.error());
            if (page.entries().isEmpty()) {
                return all;
            }
            all.addAll(page.entries());
            betweenPages.accept(number);
        }
    }

    private static List<String> ours(List<DirectoryEntry> entries) {
        return entries.stream()
                .map(DirectoryEntry::name)
                .filter(name -> !name.startsWith("."))
                .toList();
    }
}
