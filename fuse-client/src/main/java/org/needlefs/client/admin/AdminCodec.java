package org.needlefs.client.admin;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.needlefs.client.admin.AdminCommand.Action;

/**
 * Commands and answers as JSON objects of one line each: {@code {"command":"scrub","action":"start"}},
 * {@code {"answer":"progress","what":"inodes","done":5,"total":9}}. Pure. Throws: IOException for bytes that are none.
 */
public final class AdminCodec {
    private AdminCodec() {}

    public static String encode(AdminCommand command) throws IOException {
        return JSON.std.asString(
                switch (command) {
                    case AdminCommand.Status() -> Map.of("command", "status");
                    case AdminCommand.Stats() -> Map.of("command", "stats");
                    case AdminCommand.DiskUsage(String path) -> Map.of("command", "du", "path", path);
                    case AdminCommand.Fsck(boolean repair) -> Map.of("command", "fsck", "repair", repair);
                    case AdminCommand.Gc(boolean dryRun) -> Map.of("command", "gc", "dryRun", dryRun);
                    case AdminCommand.Scrub(Action action) -> Map.of("command", "scrub", "action", word(action));
                    case AdminCommand.Compact(Action action) -> Map.of("command", "compact", "action", word(action));
                    case AdminCommand.Unmount() -> Map.of("command", "unmount");
                });
    }

    public static AdminCommand decodeCommand(String line) throws IOException {
        Map<String, Object> fields = fields(line);
        String command = text(fields, "command");
        return switch (command) {
            case "status" -> new AdminCommand.Status();
            case "stats" -> new AdminCommand.Stats();
            case "du" -> new AdminCommand.DiskUsage(text(fields, "path"));
            case "fsck" -> new AdminCommand.Fsck(truth(fields, "repair"));
            case "gc" -> new AdminCommand.Gc(truth(fields, "dryRun"));
            case "scrub" -> new AdminCommand.Scrub(action(fields));
            case "compact" -> new AdminCommand.Compact(action(fields));
            case "unmount" -> new AdminCommand.Unmount();
            default -> throw new IOException("unknown command: " + command);
        };
    }

    public static String encode(AdminAnswer answer) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (answer) {
            case AdminAnswer.Progress(String what, long doneCount, long totalCount) -> {
                fields.put("answer", "progress");
                fields.put("what", what);
                fields.put("done", doneCount);
                fields.put("total", totalCount);
            }
            case AdminAnswer.Done(Report report, ExitCode exitCode) -> {
                fields.put("answer", "done");
                fields.put("exitCode", exitCode.number());
                fields.put("report", report.toTree());
            }
            case AdminAnswer.Failed(String why) -> {
                fields.put("answer", "failed");
                fields.put("why", why);
            }
        }
        return JSON.std.asString(fields);
    }

    public static AdminAnswer decodeAnswer(String line) throws IOException {
        Map<String, Object> fields = fields(line);
        String answer = text(fields, "answer");
        try {
            return switch (answer) {
                case "progress" ->
                    new AdminAnswer.Progress(text(fields, "what"), number(fields, "done"), number(fields, "total"));
                case "done" -> {
                    if (!(fields.get("report") instanceof Map<?, ?> report)) {
                        throw new IOException("an answer without a report");
                    }
                    yield new AdminAnswer.Done(Report.ofTree(report), ExitCode.of((int) number(fields, "exitCode")));
                }
                case "failed" -> new AdminAnswer.Failed(text(fields, "why"));
                default -> throw new IOException("unknown answer: " + answer);
            };
        } catch (IllegalArgumentException | NullPointerException impossible) {
            throw new IOException("an answer that makes no sense: " + impossible.getMessage(), impossible);
        }
    }

    private static String word(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private static Action action(Map<String, Object> fields) throws IOException {
        String word = text(fields, "action");
        for (Action action : Action.values()) {
            if (word(action).equals(word)) {
                return action;
            }
        }
        throw new IOException("unknown action: " + word);
    }

    private static Map<String, Object> fields(String line) throws IOException {
        if (!(JSON.std.anyFrom(line) instanceof Map<?, ?> map)) {
            throw new IOException("not a JSON object");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((name, value) -> fields.put(String.valueOf(name), value));
        return fields;
    }

    private static String text(Map<String, Object> fields, String name) throws IOException {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IOException("the text \"" + name + "\" is missing");
    }

    private static boolean truth(Map<String, Object> fields, String name) throws IOException {
        if (fields.get(name) instanceof Boolean truth) {
            return truth;
        }
        throw new IOException("the boolean \"" + name + "\" is missing");
    }

    private static long number(Map<String, Object> fields, String name) throws IOException {
        if (fields.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("the number \"" + name + "\" is missing");
    }
}
