package org.needlefs.client.vfs.lock;

/** The two kinds of advisory locks, which do not see each other. */
public enum LockFamily {
    /** fcntl(2): ranges. A lock is changed without being let go, and waits that can't end are refused (EDEADLK). */
    RECORD,
    /** flock(2): whole files. A lock that is changed is let go first, so waits end where two owners upgrade. */
    WHOLE_FILE
}
