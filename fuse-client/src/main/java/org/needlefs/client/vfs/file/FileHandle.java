package org.needlefs.client.vfs.file;

import org.needlefs.client.vfs.read.ReadAheadWindow;

/** One open file description: how it was opened, what errors it was told, what it reads next. Threading: any. */
public final class FileHandle {
    /** open(2)'s flags as Linux numbers them on x86-64 and arm64 alike, but for O_DIRECT, which nothing here depends on. */
    public static final int O_TRUNC = 01000;

    static final int O_APPEND = 02000;
    static final int O_DSYNC = 010000;

    private final OpenInode file;
    private final int flags;
    private final StickyErrors.Cursor errors;
    private final ReadAheadWindow readAhead;
    private volatile boolean hasWritten;

    FileHandle(OpenInode file, int flags, ReadAheadWindow readAhead) {
        this.file = file;
        this.flags = flags;
        this.errors = file.errors().cursor();
        this.readAhead = readAhead;
    }

    public OpenInode file() {
        return file;
    }

    boolean appends() {
        return (flags & O_APPEND) != 0;
    }

    /** O_SYNC has the bit of O_DSYNC in it; both make data and size durable here. */
    boolean syncsWrites() {
        return (flags & O_DSYNC) != 0;
    }

    StickyErrors.Cursor errors() {
        return errors;
    }

    ReadAheadWindow readAhead() {
        return readAhead;
    }

    boolean hasWritten() {
        return hasWritten;
    }

    void markWritten() {
        hasWritten = true;
    }
}
