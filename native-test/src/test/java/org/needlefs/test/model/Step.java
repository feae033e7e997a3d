package org.needlefs.test.model;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.needlefs.test.system.Flags;

/**
 * One step of a random run as one line of text, {@code rename a/b c 1}: printed when a run fails, and what the named
 * tests are written in. Numbers are decimal, modes octal; LONG is a name of 255 bytes, TOOLONG one of 256.
 */
record Step(String verb, List<String> arguments) {
    static final String LONG = "LONG";
    static final String TOO_LONG = "TOOLONG";

    Step {
        arguments = List.copyOf(arguments);
    }

    static Step of(String verb, Object... arguments) {
        return new Step(verb, Arrays.stream(arguments).map(Object::toString).toList());
    }

    static Step parse(String line) {
        List<String> words = Arrays.asList(line.strip().split(" +", -1));
        return new Step(words.getFirst(), words.subList(1, words.size()));
    }

    static String octal(int mode) {
        return Integer.toOctalString(mode);
    }

    Outcome apply(Machine machine) {
        return switch (verb) {
            case "open" -> machine.open(number(0), path(1), mode(2) | Flags.O_NONBLOCK, mode(3));
            case "close" -> machine.close(number(0));
            case "read" -> machine.read(number(0), offset(1), number(2));
            case "write" -> machine.write(number(0), offset(1), bytes(number(2), number(3)));
            case "ftruncate" -> machine.truncateOpen(number(0), offset(1));
            case "fallocate" -> machine.allocate(number(0), number(1), offset(2), offset(3));
            case "copy" -> machine.copy(number(0), offset(1), number(2), offset(3), offset(4));
            case "fsync" -> machine.sync(number(0));
            case "fstat" -> machine.statusOpen(number(0));
            case "truncate" -> machine.truncate(path(0), offset(1));
            case "stat" -> machine.status(path(0));
            case "list" -> machine.list(path(0));
            case "mkdir" -> machine.makeDirectory(path(0), mode(1));
            case "mknod" -> machine.makeNode(path(0), mode(1));
            case "rmdir" -> machine.removeDirectory(path(0));
            case "unlink" -> machine.unlink(path(0));
            case "link" -> machine.link(path(0), path(1));
            case "symlink" -> machine.symlink(path(0), path(1));
            case "readlink" -> machine.readSymlink(path(0));
            case "rename" -> machine.rename(path(0), path(1), number(2));
            case "chmod" -> machine.changeMode(path(0), mode(1));
            case "chown" -> machine.changeOwner(path(0), number(1), number(2));
            case "mtime" -> machine.setModifyTime(path(0), offset(1));
            case "setxattr" -> machine.setXattr(path(0), arguments.get(1), arguments.get(2), number(3));
            case "getxattr" -> machine.xattr(path(0), arguments.get(1));
            case "removexattr" -> machine.removeXattr(path(0), arguments.get(1));
            case "listxattr" -> machine.xattrs(path(0));
            default -> throw new IllegalArgumentException("no such step: " + this);
        };
    }

    private String path(int index) {
        return arguments.get(index).replace(TOO_LONG, "y".repeat(256)).replace(LONG, "x".repeat(255));
    }

    private int number(int index) {
        return Integer.parseInt(arguments.get(index));
    }

    private long offset(int index) {
        return Long.parseLong(arguments.get(index));
    }

    private int mode(int index) {
        return Integer.parseInt(arguments.get(index), 8);
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return verb + " " + String.join(" ", arguments);
    }
}
