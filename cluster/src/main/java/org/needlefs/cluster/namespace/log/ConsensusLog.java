package org.needlefs.cluster.namespace.log;

import java.io.Closeable;
import java.io.IOException;
import org.needlefs.cluster.namespace.StoredObjects;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Outcome;

/** Puts commands in order, makes them durable and applies them: all that the namespace knows of consensus. */
public interface ConsensusLog extends Closeable {
    /**
     * The outcome of the command, which is applied when this returns and survives the death of this process.
     * Throws: IOException - it is unknown whether it is or will be applied; the same envelope may be proposed again.
     */
    Outcome propose(Envelope envelope) throws IOException;

    /** The last record whose commands are applied. */
    long appliedIndex();

    /** Returns once all that was applied before this call is on stable media; returns the index up to which it is. */
    long sync() throws IOException;

    /**
     * Returns once all that was applied before this call is on stable media together with the objects that it refers to,
     * and no recovery will cut it off; returns the index up to which it is.
     */
    long barrier(StoredObjects objects) throws IOException;

    /** @throws org.needlefs.cluster.model.FsException EIO: this member has stopped, what it knows may be wrong */
    void refuseIfStopped() throws IOException;
}
