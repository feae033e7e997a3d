package org.needlefs.test.crash;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What is known of one name during a storm: what must be there, and the change that was under way when the daemon died.
 * Threading: confined to the writer of its directory, read when that has ended.
 */
final class StormFile {
    private static final int BLOCK_BYTES = 512;

    /** The first {@code size} bytes of the content with this number. */
    record Content(long number, int size) {
        byte[] bytes() {
            byte[] bytes = new byte[size];
            int blocks = (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
            byte[] block = new byte[BLOCK_BYTES];
            for (int index = 0; index < blocks; index++) {
                new SplittableRandom(number * 1_000_003 + index).nextBytes(block);
                int offset = index * BLOCK_BYTES;
                System.arraycopy(block, 0, bytes, offset, Math.min(BLOCK_BYTES, size - offset));
            }
            return bytes;
        }
    }

    sealed interface Change {
        /** The same content growing up to a size. */
        record Growing(Content target) implements Change {}

        /** Another content in one step, by rename. */
        record Replacing(Content target) implements Change {}

        record Removing() implements Change {}
    }

    private Optional<Content> stable = Optional.empty();
    private Optional<Change> underWay = Optional.empty();

    Optional<Content> stable() {
        return stable;
    }

    void begin(Change change) {
        underWay = Optional.of(change);
    }

    /** The system call that promises it has returned: the change must be there from now on. */
    void done(Optional<Content> now) {
        stable = now;
        underWay = Optional.empty();
    }

    /** After a crash: what is wrong with what was found, empty if nothing is. */
    Optional<String> complaint(Optional<byte[]> found) {
        boolean unchanged = stable.isPresent() == found.isPresent()
                && stable.map(content -> same(content, found.orElseThrow())).orElse(true);
        if (unchanged) {
            return Optional.empty();
        }
        boolean allowed = underWay.isPresent()
                && switch (underWay.get()) {
                    case Change.Removing removing -> found.isEmpty();
                    case Change.Replacing replacing ->
                        found.map(bytes -> same(replacing.target(), bytes)).orElse(false);
                    case Change.Growing growing ->
                        found.map(bytes -> grown(growing.target(), bytes)).orElse(false);
                };
        if (allowed) {
            return Optional.empty();
        }
        String size = found.map(bytes -> bytes.length + " bytes").orElse("no file");
        return Optional.of("promised %s, under way %s, found %s".formatted(stable, underWay, size));
    }

    /** All that was promised, and behind it nothing but what was being written or zeros. */
    private boolean grown(Content target, byte[] found) {
        int promised = stable.map(Content::size).orElse(0);
        if (found.length < promised || found.length > target.size()) {
            return false;
        }
        byte[] wanted = target.bytes();
        for (int index = 0; index < found.length; index++) {
            boolean right = found[index] == wanted[index] || (index >= promised && found[index] == 0);
            if (!right) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Content content, byte[] found) {
        return java.util.Arrays.equals(content.bytes(), found);
    }
}
