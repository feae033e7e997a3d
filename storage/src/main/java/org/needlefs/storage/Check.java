package org.needlefs.storage;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/** Invariants that stay on in production: a broken one is a bug of this program, never an answer to a user. */
public final class Check {
    private Check() {}

    /** Throws {@link AssertionError} with the formatted message unless {@code condition} holds. */
    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** As {@link #that(boolean, String)}; the message is formatted only when it is needed. */
    @FormatMethod
    public static void that(boolean condition, @FormatString String message, Object... arguments) {
        if (!condition) {
            throw new AssertionError(String.format(message, arguments));
        }
    }
}
