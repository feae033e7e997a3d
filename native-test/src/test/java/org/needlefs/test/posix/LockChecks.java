package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.needlefs.test.system.Programs;

/** flock(2), fcntl(2) locks and mmap(2) between descriptors and between processes. */
final class LockChecks {
    private static final int MAPPED_BYTES = 3 * 4096 + 100;

    private LockChecks() {}

    static void addTo(Checks checks) {
        checks.check("an exclusive flock keeps others out until it is given up", at -> {
            int first = at.openFile("f", "");
            int second = at.open("f", O_RDONLY);
            is(0, at.root.flock(first, LOCK_EX | LOCK_NB));
            is(-EAGAIN, at.root.flock(second, LOCK_EX | LOCK_NB));
            is(-EAGAIN, at.root.flock(second, LOCK_SH | LOCK_NB));
            is(0, at.root.flock(first, LOCK_UN));
            is(0, at.root.flock(second, LOCK_EX | LOCK_NB));
        });
        checks.check("shared flocks live together", at -> {
            int first = at.openFile("f", "");
            int second = at.open("f", O_RDONLY);
            is(0, at.root.flock(first, LOCK_SH | LOCK_NB));
            is(0, at.root.flock(second, LOCK_SH | LOCK_NB));
            is(-EAGAIN, at.root.flock(second, LOCK_EX | LOCK_NB));
        });
        checks.check("an flock ends with its descriptor", at -> {
            int first = at.root.opened(at.file("f"), O_RDWR, 0);
            is(0, at.root.flock(first, LOCK_EX | LOCK_NB));
            succeeds(at.root.close(first));
            is(0, at.root.flock(at.open("f", O_RDONLY), LOCK_EX | LOCK_NB));
        });
        checks.check("an flock keeps another process out", at -> {
            int file = at.openFile("f", "");
            is(0, at.root.flock(file, LOCK_EX | LOCK_NB));
            Programs here = Programs.in(at.path("."));
            is(7, here.attempt("flock", "-n", "-E", "7", "f", "true").exitCode());
            is(0, at.root.flock(file, LOCK_UN));
            is(0, here.attempt("flock", "-n", "-E", "7", "f", "true").exitCode());
        });
        checks.check("another process waits for an flock until it is free", at -> {
            Programs here = Programs.in(at.path("."));
            // The first holds the lock until it has written; the second must come after it.
            here.shell("(flock 9; echo first >> log; sleep 0.3; echo done >> log) 9> lock & "
                    + "until [ -s log ]; do :; done; (flock 9; echo second >> log) 9> lock; wait");
            assertThat(at.content("log")).isEqualTo("first\ndone\nsecond\n");
        });
        checks.check("locks of open file descriptions hold for stretches", at -> {
            int first = at.openFile("f", "0123456789");
            int second = at.open("f", O_RDWR);
            is(0, at.root.lock(first, F_OFD_SETLK, F_WRLCK, 0, 5));
            is(-EAGAIN, at.root.lock(second, F_OFD_SETLK, F_WRLCK, 4, 2));
            is(-EAGAIN, at.root.lock(second, F_OFD_SETLK, F_RDLCK, 0, 1));
            is(0, at.root.lock(second, F_OFD_SETLK, F_WRLCK, 5, 5));
            is(0, at.root.lock(first, F_OFD_SETLK, F_UNLCK, 0, 0));
            is(0, at.root.lock(second, F_OFD_SETLK, F_RDLCK, 0, 5));
        });
        checks.check("an fcntl lock keeps another process out", at -> {
            int file = at.openFile("f", "0123456789");
            is(0, at.root.lock(file, F_SETLK, F_WRLCK, 0, 5));
            assertThat(LockProbe.run(at.path("f"), 0, 5)).isEqualTo("held 1 refused EAGAIN");
            assertThat(LockProbe.run(at.path("f"), 5, 5)).isEqualTo("held 2 granted");
            is(0, at.root.lock(file, F_SETLK, F_UNLCK, 0, 0));
            assertThat(LockProbe.run(at.path("f"), 0, 5)).isEqualTo("held 2 granted");
        });
        checks.check("a write lock needs the file open for writing: EBADF", at -> {
            is(-EBADF, at.root.lock(at.open(at.file("f"), O_RDONLY), F_SETLK, F_WRLCK, 0, 1));
        });
        checks.check("what a shared mapping changes is read by others, before and after it is closed", at -> {
            Path file = at.path(at.file("f"));
            succeeds(at.root.truncate("f", MAPPED_BYTES));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, MAPPED_BYTES);
                for (int index = 0; index < MAPPED_BYTES; index++) {
                    map.put(index, (byte) (index % 251));
                }
                assertPattern(at);
                map.force();
                assertPattern(at);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            String sum = Programs.in(at.path("."))
                    .shell("cat f | cksum; cksum < f")
                    .lines()
                    .distinct()
                    .toList()
                    .toString();
            assertThat(sum).doesNotContain(",");
        });
        checks.check("what is written is seen in a mapping", at -> {
            int file = at.openFile("f", "0123456789");
            try (FileChannel channel = FileChannel.open(at.path("f"), StandardOpenOption.READ)) {
                MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, 10);
                is('4', map.get(4));
                is(1, at.root.pwrite(file, Place.bytes("x"), 4));
                is('x', map.get(4));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
    }

    private static void assertPattern(Place at) {
        byte[] bytes = at.root.bytes(at.open("f", O_RDONLY), 0, MAPPED_BYTES + 1);
        is(MAPPED_BYTES, bytes.length);
        for (int index = 0; index < MAPPED_BYTES; index++) {
            assertThat(bytes[index]).isEqualTo((byte) (index % 251));
        }
    }
}
