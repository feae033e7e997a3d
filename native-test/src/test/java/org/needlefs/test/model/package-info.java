/** A filesystem in memory that says what the real one must answer, and random work for both. */
@NullMarked
package org.needlefs.test.model;

import org.jspecify.annotations.NullMarked;
