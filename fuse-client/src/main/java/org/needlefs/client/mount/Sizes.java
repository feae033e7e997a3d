package org.needlefs.client.mount;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte counts as people write them: {@code 4096}, {@code 64k}, {@code 5MiB}, {@code 1g}. Units are powers of 1024. Pure. */
public final class Sizes {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,15})\\s*(?:([kmgt])(?:i?b)?|b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";

    private Sizes() {}

    /** @throws IllegalArgumentException with a line for the user */
    public static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size; write it like 4096, 64k, 5m or 1g");
        }
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2);
        int shift = unit == null ? 0 : 10 * (UNITS.indexOf(unit.toLowerCase(Locale.ROOT)) + 1);
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is more bytes than there are");
        }
        return number << shift;
    }

    /** Three digits or so: {@code 1.5 GiB}. */
    public static String format(long bytes) {
        if (Math.abs(bytes) < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (Math.abs(value) >= 1023.95 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        char letter = Character.toUpperCase(UNITS.charAt(unit));
        return String.format(Locale.ROOT, "%.1f %siB", value, letter);
    }
}
