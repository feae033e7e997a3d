package org.needlefs.cluster.model;

/** What a rename does with an entry that has the new name already: renameat2(2). */
public enum RenameMode {
    /** Replaces it, as rename(2) does. */
    REPLACE,
    /** Fails with EEXIST. */
    NO_REPLACE,
    /** Swaps the two; ENOENT if there is none. */
    EXCHANGE
}
