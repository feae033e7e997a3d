package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.state.SessionRow;
import org.needlefs.cluster.namespace.store.Key;
import org.needlefs.cluster.namespace.store.Table;

/**
 * Sessions and the outcomes that they have not acknowledged: what makes a repeated command happen once.
 *
 * <p>Bound: {@link #OUTCOME_COUNT_MAX} outcomes a session; a command beyond is refused with EAGAIN. Kept in memory and
 * written to its table before each swap. Under the state's write lock.
 */
final class Sessions {
    static final int OUTCOME_COUNT_MAX = 4096;

    private final Table<SessionRow> table;
    private final Map<Long, Session> sessions = new TreeMap<>();

    Sessions(Table<SessionRow> table) throws IOException {
        this.table = table;
        table.scan(Key.FIRST, Key.LAST, (key, row) -> {
            sessions.put(key.high(), new Session(row));
            return true;
        });
    }

    void open(long number) {
        Session session = new Session(new SessionRow(1, 0, Collections.emptySortedMap()));
        session.dirty = true;
        sessions.put(number, session);
    }

    boolean isOpen(long number) {
        return sessions.containsKey(number);
    }

    List<Long> numbers() {
        return List.copyOf(sessions.keySet());
    }

    void close(long number) {
        sessions.remove(number);
        table.remove(Key.of(number));
    }

    void orphansGrew(long number, int more) {
        Session session = sessions.get(number);
        // A node may be held by a session that is gone if the state was damaged: it must still be possible to free it.
        if (session != null) {
            session.orphanCount += more;
            session.dirty = true;
        }
    }

    /**
     * What is to be answered instead of executing the command: its outcome if it was executed before, or a refusal.
     * Empty if it shall be executed; then {@link #remember} follows.
     */
    Optional<Outcome> answer(Envelope envelope) {
        Session session = sessions.get(envelope.session());
        if (session == null) {
            return Optional.of(new Outcome.Refused(Errno.ESTALE, "session " + envelope.session() + " is not open"));
        }
        session.acknowledge(envelope.acknowledgedBelow());
        if (envelope.sequence() < session.acknowledgedBelow) {
            return Optional.of(new Outcome.Refused(
                    Errno.EINVAL, "command " + envelope.sequence() + " was executed and acknowledged"));
        }
        Outcome known = session.outcomes.get(envelope.sequence());
        if (known != null) {
            return Optional.of(known);
        }
        if (session.outcomes.size() >= OUTCOME_COUNT_MAX) {
            return Optional.of(new Outcome.Refused(Errno.EAGAIN, "too many outcomes are not acknowledged"));
        }
        return Optional.empty();
    }

    void remember(Envelope envelope, Outcome outcome) {
        Session session = sessions.get(envelope.session());
        if (session != null) {
            session.outcomes.put(envelope.sequence(), outcome);
            session.dirty = true;
        }
    }

    void save() {
        for (Map.Entry<Long, Session> entry : sessions.entrySet()) {
            Session session = entry.getValue();
            if (session.dirty) {
                session.dirty = false;
                table.put(Key.of(entry.getKey()), session.row());
            }
        }
    }

    private static final class Session {
        private final TreeMap<Long, Outcome> outcomes;
        private long acknowledgedBelow;
        private long orphanCount;
        private boolean dirty;

        Session(SessionRow row) {
            this.outcomes = new TreeMap<>(row.outcomes());
            this.acknowledgedBelow = row.acknowledgedBelow();
            this.orphanCount = row.orphanCount();
        }

        void acknowledge(long below) {
            if (below > acknowledgedBelow) {
                acknowledgedBelow = below;
                dirty = true;
                Map.@Nullable Entry<Long, Outcome> first = outcomes.firstEntry();
                while (first != null && first.getKey() < below) {
                    outcomes.pollFirstEntry();
                    first = outcomes.firstEntry();
                }
            }
        }

        SessionRow row() {
            return new SessionRow(acknowledgedBelow, orphanCount, new TreeMap<>(outcomes));
        }
    }
}
