package org.needlefs.client.vfs.lock;

/** Whom a lock tolerates beside itself. */
public enum LockMode {
    /** Other shared ones. */
    SHARED,
    /** None. */
    EXCLUSIVE;

    boolean excludes(LockMode other) {
        return this == EXCLUSIVE || other == EXCLUSIVE;
    }
}
