package org.needlefs.client.vfs.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Inode;

/**
 * The nodes that this mount has open, one {@link OpenInode} each, counted by handles.
 *
 * <p>Opening and removing a node exclude each other, stripe by stripe, across the namespace call that decides: so a node is
 * either gone before it is opened, or known to be open when its last name goes. Bound: the handle table. Threading: any.
 */
final class OpenInodes {
    private static final int STRIPE_COUNT = 64;

    private final Stripe[] stripes = new Stripe[STRIPE_COUNT];

    OpenInodes() {
        for (int i = 0; i < STRIPE_COUNT; i++) {
            stripes[i] = new Stripe();
        }
    }

    private static final class Stripe {
        /** Read: somebody opens. Write: somebody removes a name or closes. Held across calls of the namespace. */
        final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

        @GuardedBy("this")
        final Map<Inode, Counted> files = new HashMap<>();

        synchronized Optional<OpenInode> find(Inode inode) {
            return Optional.ofNullable(files.get(inode)).map(Counted::file);
        }

        synchronized OpenInode count(Attributes attributes, Maker maker) {
            Counted counted = files.get(attributes.inode());
            OpenInode file = counted == null ? maker.make(attributes) : counted.file();
            files.put(attributes.inode(), new Counted(file, counted == null ? 1 : counted.handleCount() + 1));
            return file;
        }

        synchronized boolean isLast(OpenInode file) {
            Counted counted = files.get(file.inode());
            return counted != null && counted.handleCount() == 1;
        }

        synchronized void uncount(OpenInode file) {
            Counted counted = files.get(file.inode());
            if (counted == null) {
                throw new AssertionError("inode " + file.inode() + " is not open");
            }
            if (counted.handleCount() == 1) {
                files.remove(file.inode());
            } else {
                files.put(file.inode(), new Counted(file, counted.handleCount() - 1));
            }
        }
    }

    private record Counted(OpenInode file, int handleCount) {}

    interface Maker {
        OpenInode make(Attributes attributes);
    }

    interface Source {
        Attributes attributes() throws IOException;
    }

    interface Action<T> {
        T run() throws IOException;
    }

    interface LastUse {
        void end(OpenInode file) throws IOException;
    }

    private Stripe stripe(Inode inode) {
        return stripes[(int) (inode.value() % STRIPE_COUNT)];
    }

    Optional<OpenInode> find(Inode inode) {
        return stripe(inode).find(inode);
    }

    /** Opens a node that {@code source} says is there. */
    OpenInode open(Inode inode, Source source, Maker maker) throws IOException {
        Stripe stripe = stripe(inode);
        stripe.gate.readLock().lock();
        try {
            Attributes attributes = source.attributes();
            OpenInode file = stripe.count(attributes, maker);
            file.hear(attributes);
            return file;
        } finally {
            stripe.gate.readLock().unlock();
        }
    }

    /** Runs {@code action}, which may take the node's last name, while nobody opens or closes the node. */
    <T> T whileNobodyOpens(Inode inode, Action<T> action) throws IOException {
        return with(stripe(inode).gate.writeLock(), action);
    }

    /** One handle less; {@code lastUse} runs before the last one goes, while nobody else opens the node. */
    void close(OpenInode file, LastUse lastUse) throws IOException {
        Stripe stripe = stripe(file.inode());
        with(stripe.gate.writeLock(), () -> {
            try {
                if (stripe.isLast(file)) {
                    lastUse.end(file);
                }
            } finally {
                stripe.uncount(file);
            }
            return true;
        });
    }

    private static <T> T with(Lock lock, Action<T> action) throws IOException {
        lock.lock();
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }
}
