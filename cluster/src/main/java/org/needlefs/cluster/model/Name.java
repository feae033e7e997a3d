package org.needlefs.cluster.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One component of a path: 1 to 255 bytes, no {@code /} and no NUL, not {@code .} or {@code ..}. Any other bytes are
 * allowed, as on every Linux filesystem: a name is not text. Immutable; equal if the bytes are.
 */
public final class Name {
    public static final int SIZE_MAX = 255;

    private final byte[] bytes;

    private Name(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws FsException ENAMETOOLONG, EINVAL (bytes that no name has), EEXIST never */
    public static Name of(byte[] bytes) throws FsException {
        if (bytes.length > SIZE_MAX) {
            throw Errno.ENAMETOOLONG.because("a name has at most %d bytes, this one %d", SIZE_MAX, bytes.length);
        }
        if (bytes.length == 0) {
            throw Errno.ENOENT.because("an empty name");
        }
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                throw Errno.EINVAL.because("a name may not contain '/' or NUL");
            }
        }
        if (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'))) {
            throw Errno.EINVAL.because("'.' and '..' are not entries");
        }
        return new Name(bytes.clone());
    }

    /** The UTF-8 bytes of {@code text} as a name. */
    public static Name of(String text) throws FsException {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int sizeBytes() {
        return bytes.length;
    }

    public byte byteAt(int index) {
        return bytes[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: the bytes read as UTF-8, which loses what is not UTF-8. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
