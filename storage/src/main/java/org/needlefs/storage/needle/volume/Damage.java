package org.needlefs.storage.needle.volume;

/**
 * Bytes in a container that are not what was written.
 *
 * @param segment where
 * @param offsetBytes of the first of them
 * @param sizeBytes 0 if only the place is known
 * @param why for a person
 */
public record Damage(long segment, long offsetBytes, long sizeBytes, String why) {}
