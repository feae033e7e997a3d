package org.needlefs.client.binding.jnr;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which owners took record locks through which handle. Bound: an owner for each process that locks through a handle. */
final class LockOwners {
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Long, Set<Long>> ownersByHandle = new HashMap<>();

    void add(long handle, long owner) {
        synchronized (lock) {
            ownersByHandle.computeIfAbsent(handle, ignored -> new HashSet<>()).add(owner);
        }
    }

    /** Forgets {@code handle} and returns who locked through it. */
    Set<Long> remove(long handle) {
        synchronized (lock) {
            Set<Long> owners = ownersByHandle.remove(handle);
            return owners == null ? Set.of() : owners;
        }
    }
}
