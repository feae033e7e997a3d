package org.needlefs.test.model;

import java.util.OptionalLong;
import org.needlefs.test.system.ErrorNumber;

/**
 * What a step answered.
 *
 * @param result of the system call: not negative, or minus the errno
 * @param detail what else can be seen, as text that is compared as it is
 * @param modifyNanos the modify time; the model knows it only of what had it set since the last change
 */
record Outcome(long result, String detail, OptionalLong modifyNanos) {
    static final Outcome DONE = of(0);
    static final Outcome NO_FILE = new Outcome(0, "no open file", OptionalLong.empty());

    static Outcome of(long result) {
        return new Outcome(result, "", OptionalLong.empty());
    }

    static Outcome of(long result, String detail) {
        return new Outcome(result, detail, OptionalLong.empty());
    }

    /** Whether a real outcome is what this one of the model asks for. */
    boolean allows(Outcome real) {
        return result == real.result
                && detail.equals(real.detail)
                && (modifyNanos.isEmpty() || modifyNanos.equals(real.modifyNanos));
    }

    @Override
    public String toString() {
        String time = modifyNanos.isPresent() ? " modified " + modifyNanos.getAsLong() : "";
        return ErrorNumber.show(result) + (detail.isEmpty() ? "" : " " + detail) + time;
    }
}
