package org.needlefs.client.vfs.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;

/** Random record locks on a short file, beside a model that keeps the mode of each owner for each byte. */
final class LockTableModelTest {
    private static final int STEP_COUNT = 50_000;
    private static final int FILE_BYTES = 24;
    private static final int OWNER_COUNT = 4;
    private static final Inode INODE = new Inode(7);

    private final LockTable table = new LockTable(1_000, 1);
    private final Optional<LockMode>[][] model = newModel();

    @Test
    void everyByteIsLockedByWhomTheModelSays() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int step = 0; step < STEP_COUNT; step++) {
            int owner = random.nextInt(OWNER_COUNT);
            int first = random.nextInt(FILE_BYTES);
            int last = first + random.nextInt(FILE_BYTES - first);
            LockRange range = new LockRange(first, last);
            if (random.nextInt(3) == 0) {
                table.unlock(LockFamily.RECORD, INODE, owner, range);
                Arrays.fill(model[owner], first, last + 1, Optional.empty());
            } else {
                LockMode mode = random.nextBoolean() ? LockMode.SHARED : LockMode.EXCLUSIVE;
                FileLock wanted = new FileLock(owner, owner, mode, range);
                boolean free = isFree(owner, mode, first, last);
                assertThat(table.conflict(LockFamily.RECORD, INODE, wanted).isEmpty())
                        .as("seed %d step %d: %s", seed, step, wanted)
                        .isEqualTo(free);
                assertThat(take(wanted))
                        .as("seed %d step %d: %s", seed, step, wanted)
                        .isEqualTo(free);
                if (free) {
                    Arrays.fill(model[owner], first, last + 1, Optional.of(mode));
                }
            }
            assertThat(table.lockCount()).as("seed %d step %d", seed, step).isEqualTo(modelCount());
        }
    }

    private boolean take(FileLock wanted) {
        try {
            table.lock(LockFamily.RECORD, INODE, wanted);
            return true;
        } catch (FsException refused) {
            assertThat(refused.errno()).isEqualTo(Errno.EAGAIN);
            return false;
        }
    }

    private boolean isFree(int owner, LockMode mode, int first, int last) {
        for (int other = 0; other < OWNER_COUNT; other++) {
            for (int at = first; at <= last; at++) {
                if (other != owner && model[other][at].filter(mode::excludes).isPresent()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Stretches of one owner and one mode: so many locks there must be, if neighbours are joined. */
    private int modelCount() {
        int count = 0;
        for (Optional<LockMode>[] bytes : model) {
            for (int at = 0; at < FILE_BYTES; at++) {
                if (bytes[at].isPresent() && (at == 0 || !bytes[at].equals(bytes[at - 1]))) {
                    count++;
                }
            }
        }
        return count;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Optional<LockMode>[][] newModel() {
        Optional<LockMode>[][] model = new Optional[OWNER_COUNT][FILE_BYTES];
        for (Optional<LockMode>[] bytes : model) {
            Arrays.fill(bytes, Optional.empty());
        }
        return model;
    }
}
