package org.needlefs.client.admin;

/** How a command ended, as its process tells the shell. */
public enum ExitCode {
    OK(0),
    FAILED(1),
    /** The command line made no sense; nothing was done. */
    USAGE(2),
    /** Some of it was done, and the answer says what was not. */
    PARTLY(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** @throws IllegalArgumentException no code has that number */
    public static ExitCode of(int number) {
        for (ExitCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        throw new IllegalArgumentException("no exit code " + number);
    }
}
