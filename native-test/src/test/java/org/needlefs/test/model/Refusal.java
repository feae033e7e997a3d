package org.needlefs.test.model;

/** The model says no, with an errno. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final long errno;

    Refusal(long errno) {
        super(null, null, false, false);
        this.errno = errno;
    }

    Outcome outcome() {
        return Outcome.of(-errno);
    }
}
