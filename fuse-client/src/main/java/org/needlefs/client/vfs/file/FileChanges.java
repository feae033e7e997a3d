package org.needlefs.client.vfs.file;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Errno;
import org.needlefs.storage.OutOfSpaceException;

/**
 * Changes of an open file that are no writes, ordered behind the writes that returned: sizes, attributes, holes, shared
 * stretches. Threading: any; holds the file's order lock and its commit lock across the namespace's call.
 */
final class FileChanges {
    private final FileSystem fileSystem;
    private final Flusher flusher;
    private final Committer committer;
    private final Durability durability;
    private final InstantSource clock;

    FileChanges(
            FileSystem fileSystem, Flusher flusher, Committer committer, Durability durability, InstantSource clock) {
        this.fileSystem = fileSystem;
        this.flusher = flusher;
        this.committer = committer;
        this.durability = durability;
        this.clock = clock;
    }

    /**
     * A new size cuts what is buffered behind it, without uploading it first. New times hold against data that was written
     * before and is committed later.
     */
    Attributes setAttributes(OpenInode file, AttributeChange change) throws IOException {
        boolean resize = change.sizeBytes().isPresent();
        if (resize) {
            file.order().lock();
        }
        file.commit().lock();
        try {
            if (resize) {
                leaveInode(file, change.sizeBytes().getAsLong());
            }
            AttributeChange complete =
                    resize && change.modifyNanos().isEmpty() ? change.withModifyNanos(nanos(clock.instant())) : change;
            Attributes answer = fileSystem.setAttributes(file.inode(), complete);
            Optional<Long> cutFrom = resize ? Optional.of(change.sizeBytes().getAsLong()) : Optional.empty();
            file.changedAttributes(answer, cutFrom, complete.modifyNanos().isPresent());
            file.changed(durability.changed());
            return file.withDirty(answer);
        } finally {
            file.commit().unlock();
            if (resize) {
                file.order().unlock();
            }
        }
    }

    /** The namespace alone can't make a file bigger whose content lives in the inode and would not fit there any more. */
    private void leaveInode(OpenInode file, long newSizeBytes) throws IOException {
        if (newSizeBytes > fileSystem.geometry().inlineSizeMax()) {
            try {
                committer.outgrowInline(file);
            } catch (OutOfSpaceException full) {
                throw Failures.answer(full);
            }
        }
    }

    void allocate(OpenInode file, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException {
        if (offsetBytes < 0 || sizeBytes <= 0) {
            throw Errno.EINVAL.because("a stretch of %d bytes at %d", sizeBytes, offsetBytes);
        }
        if (offsetBytes > Long.MAX_VALUE - sizeBytes) {
            throw Errno.EFBIG.because("a stretch of %d bytes at %d", sizeBytes, offsetBytes);
        }
        file.order().lock();
        try {
            flushAll(file);
            file.commit().lock();
            try {
                if (mode == AllocateMode.EXTEND || mode == AllocateMode.ZERO_RANGE) {
                    leaveInode(file, offsetBytes + sizeBytes);
                }
                Attributes answer = fileSystem.allocate(file.inode(), mode, offsetBytes, sizeBytes);
                file.replacedContent(answer);
                file.changed(durability.changed());
            } finally {
                file.commit().unlock();
            }
        } finally {
            file.order().unlock();
        }
    }

    /** The change goes under what is buffered, so nothing may be. */
    private void flushAll(OpenInode file) throws IOException {
        if (!flusher.flush(file)) {
            throw Errno.EIO.because("inode %s has data that can't be stored", file.inode());
        }
    }

    /**
     * Lets {@code target} share the objects of {@code source}; false if it can't, because the source lives in its inode.
     * The stretch lies within the source.
     */
    boolean share(OpenInode source, long sourceOffsetBytes, OpenInode target, long targetOffsetBytes, long sizeBytes)
            throws IOException {
        if (source != target) {
            flushAll(source);
        }
        target.order().lock();
        try {
            flushAll(target);
            if (fileSystem.content(source.inode(), 0, 1) instanceof Content.Inline) {
                return false;
            }
            target.commit().lock();
            try {
                leaveInode(
                        target,
                        Math.max(
                                targetOffsetBytes + sizeBytes,
                                fileSystem.geometry().inlineSizeMax() + 1L));
                Attributes answer = fileSystem.shareExtents(
                        source.inode(),
                        sourceOffsetBytes,
                        target.inode(),
                        targetOffsetBytes,
                        sizeBytes,
                        nanos(clock.instant()));
                target.replacedContent(answer);
                target.changed(durability.changed());
                return true;
            } finally {
                target.commit().unlock();
            }
        } finally {
            target.order().unlock();
        }
    }

    static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
