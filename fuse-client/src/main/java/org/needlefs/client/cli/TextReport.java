package org.needlefs.client.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import org.needlefs.client.admin.Report;
import org.needlefs.client.mount.Sizes;

/**
 * A report as people read it: a line for each value, a table for each list of reports. The end of a name says what its
 * number counts, and is left out: {@code usedBytes=1048576} becomes {@code used  1.0 MiB}. Pure.
 */
final class TextReport {
    private TextReport() {}

    static String of(Report report) {
        StringBuilder text = new StringBuilder();
        append(text, report, "");
        return text.toString();
    }

    private static void append(StringBuilder text, Report report, String indent) {
        int width = report.values().entrySet().stream()
                .filter(entry -> !isBlock(entry.getValue()))
                .mapToInt(entry -> label(entry.getKey()).length())
                .max()
                .orElse(0);
        for (Map.Entry<String, Object> entry : report.values().entrySet()) {
            String label = label(entry.getKey());
            switch (entry.getValue()) {
                case Report nested -> {
                    text.append(indent).append(label).append('\n');
                    append(text, nested, indent + "  ");
                }
                case List<?> list -> {
                    text.append(indent).append(label).append(list.isEmpty() ? ": none\n" : "\n");
                    appendList(text, list, indent + "  ");
                }
                default ->
                    text.append(indent)
                            .append(label)
                            .append(" ".repeat(width - label.length() + 2))
                            .append(value(entry.getKey(), entry.getValue()))
                            .append('\n');
            }
        }
    }

    private static boolean isBlock(Object value) {
        return value instanceof Report || value instanceof List<?>;
    }

    private static void appendList(StringBuilder text, List<?> list, String indent) {
        List<Report> rows = new ArrayList<>();
        for (Object each : list) {
            if (each instanceof Report row) {
                rows.add(row);
            } else {
                text.append(indent).append(each).append('\n');
            }
        }
        appendTable(text, rows, indent);
    }

    private static void appendTable(StringBuilder text, List<Report> rows, String indent) {
        SequencedSet<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.values().keySet()));
        List<List<String>> lines = new ArrayList<>();
        lines.add(names.stream().map(TextReport::label).toList());
        for (Report row : rows) {
            lines.add(names.stream()
                    .map(name -> row.values().containsKey(name)
                            ? value(name, row.values().get(name))
                            : "")
                    .toList());
        }
        for (List<String> line : rows.isEmpty() ? List.<List<String>>of() : lines) {
            StringBuilder cells = new StringBuilder(indent);
            int column = 0;
            for (String name : names) {
                int at = column++;
                int width = lines.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                boolean number = rows.stream().anyMatch(row -> row.values().get(name) instanceof Number);
                String cell = line.get(at);
                String space = " ".repeat(width - cell.length());
                cells.append(number ? space + cell : cell + space).append("  ");
            }
            text.append(cells.toString().stripTrailing()).append('\n');
        }
    }

    /** {@code writeBufferMaxBytes} to {@code write buffer max}, {@code directoryCount} to {@code directories}. */
    static String label(String name) {
        String bare = name.replaceFirst("(BytesPerSecond|PerSecond|Bytes|Seconds|Millis|Nanos|Percent)$", "")
                .replaceFirst("yCount$", "ies")
                .replaceFirst("Count$", "s");
        return (bare.isEmpty() ? name : bare)
                .replaceAll("([a-z0-9])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT);
    }

    static String value(String name, Object value) {
        if (!(value instanceof Number number)) {
            return String.valueOf(value);
        }
        if (name.endsWith("BytesPerSecond")) {
            return Sizes.format(number.longValue()) + "/s";
        }
        if (name.endsWith("Bytes")) {
            return Sizes.format(number.longValue());
        }
        if (name.endsWith("Seconds")) {
            return duration(number.longValue());
        }
        if (name.endsWith("Millis")) {
            return decimal(number) + " ms";
        }
        if (name.endsWith("Nanos")) {
            return nanos(number.longValue());
        }
        if (name.endsWith("Percent")) {
            return decimal(number) + " %";
        }
        if (name.endsWith("PerSecond")) {
            return decimal(number) + "/s";
        }
        return name.endsWith("Count") || name.equals("count")
                ? String.format(Locale.ROOT, "%,d", number.longValue())
                : decimal(number);
    }

    private static String decimal(Number number) {
        return number instanceof Double ? String.format(Locale.ROOT, "%.2f", number.doubleValue()) : number.toString();
    }

    private static String nanos(long nanos) {
        if (nanos < 10_000) {
            return nanos + " ns";
        }
        return nanos < 10_000_000
                ? String.format(Locale.ROOT, "%.1f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 86_400
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d d %d h", seconds / 86_400, seconds / 3600 % 24);
    }
}
