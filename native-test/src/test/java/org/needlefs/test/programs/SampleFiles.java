package org.needlefs.test.programs;

import java.util.ArrayList;
import java.util.List;

/** Scripts that make the small projects and trees which the programs work on. */
final class SampleFiles {
    /** A tree with everything that a copy can lose. */
    static final String TREE = """
            mkdir -p tree/deep/er/still tree/empty 'tree/with space' tree/grün
            for i in $(seq 1 120); do head -c $((i * 97)) /dev/urandom > tree/deep/file$i; done
            head -c 7000000 /dev/urandom > tree/deep/er/large
            : > tree/empty-file
            printf 'text' > 'tree/with space/日本語'
            ln tree/deep/file1 tree/deep/er/hard-link
            ln tree/deep/file1 tree/another-hard-link
            ln -s deep/file2 tree/symlink
            ln -s /nowhere/at/all tree/dangling
            mkfifo tree/fifo
            truncate -s 3000000 tree/sparse
            printf 'end' | dd of=tree/sparse bs=1 seek=2000000 conv=notrunc status=none
            setfattr -n user.colour -v blue tree/deep/file3
            setfattr -n user.binary -v 0x00ff10 tree/empty
            chmod 4750 tree/deep/file4; chmod 1777 tree/empty; chmod 000 tree/deep/file5; chmod 2755 tree/grün
            chown 1234:5678 tree/deep/file6; chown -h 99:98 tree/symlink
            touch -d '2001-02-03 04:05:06.123456789' tree/deep/file7
            touch -d '1969-12-31 23:59:58.5' tree/deep/file8
            touch -h -d '2010-01-01 00:00:00.000000001' tree/symlink
            touch -d '2005-05-05 05:05:05.555555555' tree/deep tree/empty
            """;

    static final String GIT = """
            export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
            git init -q work
            cd work
            git config user.name Somebody; git config user.email somebody@example.org
            for commit in $(seq 1 20); do
              mkdir -p dir$((commit % 5))
              for file in $(seq 1 15); do echo "commit $commit file $file $RANDOM" >> dir$((commit % 5))/file$file; done
              git add -A
              git commit -q -m "change $commit"
            done
            git gc -q --aggressive --prune=now
            git fsck --full --strict
            git checkout -q -b side HEAD~5
            git checkout -q -
            cd ..
            git clone -q --no-hardlinks work clone
            git -C clone fsck --full --strict
            """;

    /** Forty sources that return their number: the program prints 0 + 1 + ... + 39. */
    static final String C_PROJECT = """
            for i in $(seq 0 39); do
              printf '#include "all.h"\\nint part%d(void) { return %d ; }\\n' $i $i > part$i.c
              echo "int part$i(void);" >> all.h
            done
            { echo '#include <stdio.h>'; echo '#include "all.h"'; echo 'int main(void) { int sum = 0;'
              for i in $(seq 0 39); do echo "  sum += part$i();"; done
              echo '  printf("%d\\n", sum); return 0; }'; } > main.c
            cat > Makefile <<'END'
            OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c))
            program: $(OBJECTS)
            	$(CC) -o $@ $^
            %.o: %.c all.h
            	$(CC) -O1 -c -o $@ $<
            END
            """;

    static final String JAVA_PROJECT = """
            mkdir -p source/sample classes
            for i in $(seq 0 39); do
              echo "package sample; class Part$i { static int value() { return $i; } }" > source/sample/Part$i.java
            done
            { echo 'package sample; public class Main { public static void main(String[] a) { int sum = 0;'
              for i in $(seq 0 39); do echo "sum += Part$i.value();"; done
              echo 'System.out.println(sum); } }'; } > source/sample/Main.java
            """;

    private SampleFiles() {}

    /** Two processes that write at once, in transactions that all must commit; then some rows go. */
    static String sqlite(String journalMode) {
        return """
            sqlite3 db 'PRAGMA journal_mode=%s; CREATE TABLE note (id INTEGER PRIMARY KEY, writer INT, body TEXT);' > mode
            grep -qix %s mode
            writer() {
              for transaction in $(seq 1 50); do
                echo 'BEGIN IMMEDIATE;'
                for row in $(seq 1 100); do echo "INSERT INTO note (writer, body) VALUES ($1, '12345678901234567890');"; done
                echo 'COMMIT;'
              done | sqlite3 -bail -cmd '.timeout 60000' db
            }
            writer 1 & first=$!
            writer 2 & second=$!
            wait $first; wait $second
            sqlite3 db 'DELETE FROM note WHERE id %% 25 = 7 AND id <= 10000; DELETE FROM note WHERE id %% 25 = 8; VACUUM;'
            """.formatted(journalMode, journalMode);
    }

    static String[] fio(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--name=verify",
                "--filename=data",
                "--size=48m",
                "--bsrange=512-64k",
                "--bs_unaligned=1",
                "--ioengine=psync",
                "--verify=crc32c",
                "--verify_fatal=1",
                "--randrepeat=1",
                "--thread",
                "--output=fio.log"));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }
}
