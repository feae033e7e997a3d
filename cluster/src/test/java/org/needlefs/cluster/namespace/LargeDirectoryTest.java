package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.namespace.state.NameHash;

/** A directory of many entries is listed page by page, each entry once, in caches far smaller than the directory. */
final class LargeDirectoryTest {
    private static final int PAGE = 1000;

    /** A page cache of 8 MiB and 1 MiB of rows, for 30 MB or 300 MB of entries and nodes. */
    private static final NamespaceLimits SMALL_CACHES =
            new NamespaceLimits(1 << 20, 1000, 8 << 20, 1 << 20, 4 << 20, 1L << 40, 0, NameHash.BIT_COUNT);

    @TempDir
    private Path directory;

    @Test
    void aHundredThousandEntriesAreEachListedOnce() throws IOException {
        fillAndList(100_000);
    }

    @Test
    @Tag("full")
    void aMillionEntriesAreEachListedOnce() throws IOException {
        fillAndList(1_000_000);
    }

    private void fillAndList(int count) throws IOException {
        try (Namespace namespace = NamespaceFixture.open(directory, true, SMALL_CACHES)) {
            LocalFileSystem files = namespace.fileSystem();
            for (int i = 0; i < count; i++) {
                Attributes made = files.make(Inode.ROOT, name("entry-" + i), NewNode.file(0600, 0, 0));
                assertThat(made.inode()).isNotEqualTo(Inode.ROOT);
            }
            list(files, count);
            assertThat(files.attributes(Inode.ROOT).sizeBytes()).isGreaterThan(count);
        }
        try (Namespace namespace = NamespaceFixture.open(directory, true, SMALL_CACHES)) {
            list(namespace.fileSystem(), count);
        }
    }

    private static void list(LocalFileSystem files, int count) throws IOException {
        BitSet seen = new BitSet(count);
        long cookie = 0;
        List<Entry> page;
        do {
            page = files.list(Inode.ROOT, cookie, PAGE);
            assertThat(page.size()).isLessThanOrEqualTo(PAGE);
            for (Entry entry : page) {
                int number = Integer.parseInt(entry.name().toString().substring("entry-".length()));
                assertThat(seen.get(number))
                        .as("entry %d is listed twice", number)
                        .isFalse();
                seen.set(number);
                cookie = entry.cookie();
            }
        } while (!page.isEmpty());
        assertThat(seen.cardinality()).isEqualTo(count);
    }
}
