package org.needlefs.client.vfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.needlefs.cluster.model.Errno;

/**
 * Numbers for what is open. A number is a place in the table and a count of how often the place was used, so that one that
 * was given back comes again only after its place was used {@code 2^40} times. Bound: {@code countMax} at a time; the next one is
 * ENFILE. Threading: any; finding takes no lock.
 */
final class HandleTable<T> {
    private static final int PLACE_BITS = 23;

    private final AtomicReferenceArray<Optional<Open<T>>> places;

    @GuardedBy("this")
    private final ArrayDeque<Integer> freed = new ArrayDeque<>();

    @GuardedBy("this")
    private int touchedCount;

    @GuardedBy("this")
    private int count;

    /** Uses of all places so far; makes numbers differ. */
    @GuardedBy("this")
    private long useCount;

    private record Open<T>(long handle, T value) {}

    HandleTable(int countMax) {
        this.places = new AtomicReferenceArray<>(Math.min(countMax, 1 << PLACE_BITS));
    }

    /** Gives {@code value} a number that is not 0. @throws org.needlefs.cluster.model.FsException ENFILE */
    synchronized long add(T value) throws IOException {
        if (freed.isEmpty() && touchedCount == places.length()) {
            throw Errno.ENFILE.because("%d files are open, more are not allowed", places.length());
        }
        int place = freed.isEmpty() ? touchedCount++ : freed.remove();
        useCount++;
        count++;
        long handle = (useCount & (-1L >>> (PLACE_BITS + 1))) << PLACE_BITS | place;
        places.set(place, Optional.of(new Open<>(handle, value)));
        return handle;
    }

    /** @throws org.needlefs.cluster.model.FsException EBADF */
    T get(long handle) throws IOException {
        int place = (int) (handle & ((1 << PLACE_BITS) - 1));
        if (handle > 0 && place < places.length()) {
            Optional<Open<T>> open = places.get(place);
            if (open != null && open.isPresent() && open.get().handle() == handle) {
                return open.get().value();
            }
        }
        throw Errno.EBADF.because("handle %d is not open", handle);
    }

    /** Forgets a number. @throws org.needlefs.cluster.model.FsException EBADF */
    synchronized T remove(long handle) throws IOException {
        T value = get(handle);
        int place = (int) (handle & ((1 << PLACE_BITS) - 1));
        places.set(place, Optional.empty());
        freed.add(place);
        count--;
        return value;
    }

    synchronized int count() {
        return count;
    }
}
