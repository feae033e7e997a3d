package org.needlefs.client.binding.kernel.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is mounted where, as this process sees it: proc(5)'s mountinfo. Reading it touches none of the mounts. */
public record MountTable(List<Line> lines) {
    private static final Path PATH = Path.of("/proc/self/mountinfo");

    /**
     * One mount.
     *
     * @param device major and minor number, as in {@code 0:52}
     */
    public record Line(String device, String path, String type, String source) {}

    public MountTable {
        lines = List.copyOf(lines);
    }

    public static MountTable read() throws IOException {
        return parse(Files.readAllLines(PATH, StandardCharsets.ISO_8859_1));
    }

    static MountTable parse(List<String> text) {
        List<Line> lines = new ArrayList<>();
        for (String line : text) {
            List<String> words = List.of(line.split(" "));
            // A variable number of optional fields stands before the hyphen.
            int hyphen = words.indexOf("-");
            if (hyphen >= 6 && words.size() > hyphen + 2) {
                lines.add(new Line(
                        words.get(2), unescape(words.get(4)), words.get(hyphen + 1), unescape(words.get(hyphen + 2))));
            }
        }
        return new MountTable(lines);
    }

    /** The mount at {@code path}; of several, the topmost. */
    public Optional<Line> at(String path) {
        return lines.reversed().stream()
                .filter(line -> line.path().equals(path))
                .findFirst();
    }

    /** Blanks, backslashes and the like are three octal digits behind a backslash; bytes are UTF-8. */
    private static String unescape(String word) {
        byte[] bytes = new byte[word.length()];
        int size = 0;
        for (int index = 0; index < word.length(); index++) {
            if (word.charAt(index) == '\\' && index + 3 < word.length()) {
                bytes[size++] = (byte) Integer.parseInt(word.substring(index + 1, index + 4), 8);
                index += 3;
            } else {
                bytes[size++] = (byte) word.charAt(index);
            }
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }
}
