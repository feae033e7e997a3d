package org.needlefs.cluster.model;

/** Whether setxattr(2) may make a new attribute, replace one, or both. */
public enum XattrMode {
    ANY,
    /** EEXIST if there is one. */
    CREATE,
    /** ENODATA if there is none. */
    REPLACE
}
