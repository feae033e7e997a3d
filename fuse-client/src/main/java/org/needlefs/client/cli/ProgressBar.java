package org.needlefs.client.cli;

import java.io.Closeable;
import java.io.PrintStream;
import java.util.Locale;
import org.needlefs.client.admin.AdminAnswer.Progress;
import org.needlefs.client.admin.ProgressListener;

/** One line on a terminal that is written over. Threading: one thread at a time. */
public final class ProgressBar implements ProgressListener, Closeable {
    private static final int WIDTH = 30;
    private static final long PERIOD_NANOS = 100_000_000;
    private static final String WIPE = "\r\u001b[K";

    private final PrintStream terminal;
    private final boolean shown;
    private final long startNanos = System.nanoTime();
    private long drawnNanos = startNanos - PERIOD_NANOS;
    private boolean drawn;

    ProgressBar(PrintStream terminal, boolean shown) {
        this.terminal = terminal;
        this.shown = shown;
    }

    @Override
    public void progress(Progress progress) {
        long now = System.nanoTime();
        if (!shown || now - drawnNanos < PERIOD_NANOS) {
            return;
        }
        drawnNanos = now;
        drawn = true;
        terminal.print(WIPE + line(progress, (now - startNanos) / 1_000_000_000));
        terminal.flush();
    }

    /** {@code scrub [=====>     ] 41 % 12 s}; without a known end, the count alone. */
    static String line(Progress progress, long elapsedSeconds) {
        if (progress.totalCount() <= 0) {
            return String.format(Locale.ROOT, "%s %,d  %d s", progress.what(), progress.doneCount(), elapsedSeconds);
        }
        double share = Math.clamp((double) progress.doneCount() / progress.totalCount(), 0, 1);
        int full = (int) (share * WIDTH);
        String bar = "=".repeat(full) + (full < WIDTH ? ">" : "") + " ".repeat(Math.max(0, WIDTH - full - 1));
        String left = share > 0.02 && elapsedSeconds > 0
                ? String.format(Locale.ROOT, ", %.0f s left", elapsedSeconds / share * (1 - share))
                : "";
        return String.format(
                Locale.ROOT, "%s [%s] %.0f %%  %d s%s", progress.what(), bar, share * 100, elapsedSeconds, left);
    }

    @Override
    public void close() {
        if (drawn) {
            terminal.print(WIPE);
            terminal.flush();
        }
    }
}
