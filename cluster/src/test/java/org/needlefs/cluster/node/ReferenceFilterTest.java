package org.needlefs.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.needlefs.storage.ObjectId;

final class ReferenceFilterTest {
    @Test
    void whatWasAddedIsAlwaysFoundAndLittleElse() {
        ReferenceFilter filter = new ReferenceFilter(100_000, 42);
        for (long i = 0; i < 100_000; i++) {
            filter.add(new ObjectId(3, i));
        }
        for (long i = 0; i < 100_000; i++) {
            assertThat(filter.mayContain(new ObjectId(3, i))).isTrue();
        }
        int mistakes = 0;
        for (long i = 0; i < 100_000; i++) {
            mistakes += filter.mayContain(new ObjectId(4, i)) ? 1 : 0;
        }
        assertThat(mistakes).as("two probes at 16 bits an id: about 1.4 %").isLessThan(2_500);
    }
}
