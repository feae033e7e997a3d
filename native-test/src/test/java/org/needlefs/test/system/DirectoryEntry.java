package org.needlefs.test.system;

/** An entry as getdents64(2) lists it; {@code type} is the upper four bits of the mode. */
public record DirectoryEntry(String name, long inode, long cookie, int type) {}
