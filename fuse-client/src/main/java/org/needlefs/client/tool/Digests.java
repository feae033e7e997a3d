package org.needlefs.client.tool;

import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.NativeServices;
import org.bouncycastle.crypto.SavableDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** Which SHA-256 this machine gets from Bouncy Castle, and how fast it is. */
final class Digests {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int BLOCK_COUNT = 32;

    /** @param description as Bouncy Castle names it */
    record Kind(boolean isNative, String description, double gigabytesPerSecond) {}

    private Digests() {}

    static Kind kind() {
        SavableDigest digest = SHA256Digest.newInstance();
        String description = digest.toString();
        byte[] block = new byte[BLOCK_BYTES];
        long started = System.nanoTime();
        for (int count = 0; count < BLOCK_COUNT; count++) {
            digest.update(block, 0, block.length);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        boolean isNative = CryptoServicesRegistrar.isNativeEnabled()
                && CryptoServicesRegistrar.getNativeServices().hasService(NativeServices.SHA256);
        return new Kind(isNative, description, (double) BLOCK_BYTES * BLOCK_COUNT / 1e9 / seconds);
    }
}
