package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.Optional;

/**
 * What went wrong while a file's data was being stored, told once to each open file description (Linux's errseq):
 * one that was opened later is not told, and nobody is told twice. Threading: any.
 */
public final class StickyErrors {
    @GuardedBy("this")
    private long sequence;

    @GuardedBy("this")
    private Optional<IOException> last = Optional.empty();

    synchronized void record(IOException error) {
        sequence++;
        last = Optional.of(error);
    }

    /** For a handle opened now. */
    public synchronized Cursor cursor() {
        return new Cursor(this, sequence);
    }

    /** How far one handle has been told. */
    public static final class Cursor {
        private final StickyErrors errors;

        @GuardedBy("errors")
        private long told;

        private Cursor(StickyErrors errors, long told) {
            this.errors = errors;
            this.told = told;
        }

        /** Throws the last error if this handle was not told yet. */
        public void throwNew() throws IOException {
            synchronized (errors) {
                if (told < errors.sequence) {
                    told = errors.sequence;
                    throw errors.last.orElseThrow();
                }
            }
        }
    }
}
