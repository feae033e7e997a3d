package org.needlefs.client.vfs.file;

/**
 * Stores and commits what was written to a file, on the calling thread, with the uploader's threads helping where there
 * is more than one chunk. Errors are recorded with the file. Threading: any; holds no lock while data moves.
 */
final class Flusher {
    private final Uploader uploader;
    private final Committer committer;

    Flusher(Uploader uploader, Committer committer) {
        this.uploader = uploader;
        this.committer = committer;
    }

    /**
     * Returns once everything written before this call is committed, or given up, or has failed once more.
     *
     * @return false if some of it has failed and is kept
     */
    boolean flush(OpenInode file) {
        if (!file.isDirty()) {
            return true;
        }
        OpenInode.Frozen frozen = file.freezeAll();
        for (int i = 1; i < Math.min(frozen.queuedCount(), uploader.threadCount() + 1); i++) {
            uploader.submit(file);
        }
        while (uploader.uploadNext(file)) {
            // Goes on until nothing is left that nobody has begun.
        }
        file.awaitUploads(frozen.ticket());
        committer.commit(file);
        return !file.isPendingUpTo(frozen.ticket());
    }

    /** Uploads on this thread one buffer that waits for an uploader; false if none does. */
    boolean helpOne() {
        return uploader.helpOne();
    }

    int inFlightCount() {
        return uploader.inFlightCount();
    }

    void uploadSoon(OpenInode file) {
        uploader.submit(file);
    }
}
