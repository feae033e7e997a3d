package org.needlefs.client.binding;

/** The yes-or-no options of a mount, with the word that mount(8) has for each. */
public enum MountFlag {
    READ_ONLY("ro"),
    /** Other users than the one who mounts may use it; permissions are checked in any case. */
    ALLOW_OTHER("allow_other"),
    NO_DEVICES("nodev"),
    NO_SETUID("nosuid"),
    NO_EXECUTE("noexec"),
    /** Extended attributes are not there: the kernel is told so once and asks no more. */
    NO_XATTRS("noxattr");

    private final String word;

    MountFlag(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
