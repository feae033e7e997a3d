package org.needlefs.storage.needle.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;
import org.needlefs.storage.ObjectId;

/**
 * Lets one thread at a time change an object: put it, delete it or move it. Readers need no claim. Bound: one entry for
 * each thread at work. A claim is held across disk writes, but only those who want the same object wait for it.
 */
public final class Claims {
    private static final int STRIPE_COUNT = 64;

    private final Stripe[] stripes = new Stripe[STRIPE_COUNT];

    public Claims() {
        for (int index = 0; index < STRIPE_COUNT; index++) {
            stripes[index] = new Stripe();
        }
    }

    /** Waits until nobody else has the object; give it back with {@link #release}. */
    public void claim(ObjectId id) {
        stripe(id).claim(id);
    }

    public void release(ObjectId id) {
        stripe(id).release(id);
    }

    private Stripe stripe(ObjectId id) {
        long mixed = (id.high() * 31 + id.low()) * 0x9E3779B97F4A7C15L;
        return stripes[(int) (mixed >>> 58)];
    }

    private static final class Stripe {
        @GuardedBy("this")
        private final Set<ObjectId> taken = new HashSet<>();

        @GuardedBy("this")
        private int waiters;

        synchronized void claim(ObjectId id) {
            boolean interrupted = false;
            while (!taken.add(id)) {
                waiters++;
                try {
                    wait();
                } catch (InterruptedException ignored) {
                    // Whoever holds the claim gives it back soon; the caller sees the interrupt afterwards.
                    interrupted = true;
                } finally {
                    waiters--;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        synchronized void release(ObjectId id) {
            taken.remove(id);
            if (waiters > 0) {
                notifyAll();
            }
        }
    }
}
