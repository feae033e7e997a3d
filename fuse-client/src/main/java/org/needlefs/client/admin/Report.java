package org.needlefs.client.admin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named values in the order in which a reader should see them: what a command answers, before it is JSON or a table.
 * A value is a text, a number, a boolean, a report, or a list of these. Names end in the unit of their value
 * ({@code usedBytes}, {@code syncMillis}), by which a table is written. Immutable.
 */
public record Report(Map<String, Object> values) {
    public static final Report EMPTY = new Report(Map.of());

    /** @throws IllegalArgumentException a value is of another kind */
    public Report {
        values.forEach(Report::check);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** These values and one more; a value of the same name is replaced. */
    public Report with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Report(more);
    }

    /** Maps and lists as JSON libraries want them. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        values.forEach((name, value) -> tree.put(name, treeOf(value)));
        return tree;
    }

    /** The inverse of {@link #toTree}. @throws IllegalArgumentException a value is of another kind */
    public static Report ofTree(Map<?, ?> tree) {
        Map<String, Object> values = new LinkedHashMap<>();
        tree.forEach((name, value) -> values.put(String.valueOf(name), ofTreeValue(value)));
        return new Report(values);
    }

    private static Object treeOf(Object value) {
        return switch (value) {
            case Report report -> report.toTree();
            case List<?> list -> list.stream().map(Report::treeOf).toList();
            default -> value;
        };
    }

    private static Object ofTreeValue(Object value) {
        return switch (value) {
            case Map<?, ?> map -> ofTree(map);
            case List<?> list -> {
                List<Object> values = new ArrayList<>();
                list.forEach(each -> values.add(ofTreeValue(each)));
                yield List.copyOf(values);
            }
            case Integer small -> small.longValue();
            default -> value;
        };
    }

    private static void check(String name, Object value) {
        switch (value) {
            case String _, Boolean _, Long _, Integer _, Double _, Report _ -> {}
            case List<?> list -> list.forEach(each -> check(name, each));
            default ->
                throw new IllegalArgumentException(
                        name + " is a " + value.getClass().getSimpleName());
        }
    }
}
