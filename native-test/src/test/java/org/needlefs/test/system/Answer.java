package org.needlefs.test.system;

import java.util.Optional;

/** A value, or minus the errno ({@code error}, 0 if there is a value). */
public record Answer<T>(long error, Optional<T> value) {
    static <T> Answer<T> of(T value) {
        return new Answer<>(0, Optional.of(value));
    }

    static <T> Answer<T> failed(long error) {
        return new Answer<>(error, Optional.empty());
    }

    public T get() {
        return value.orElseThrow(() -> new AssertionError("answered " + ErrorNumber.show(error)));
    }
}
