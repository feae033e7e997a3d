package org.needlefs.client.vfs;

/** The process that makes a call, as the kernel names it. */
public record Caller(int userId, int groupId, int processId) {}
