package org.needlefs.client.binding.jnr;

import java.io.IOException;

/** Answers one kind of request: decodes its arguments, makes one call on the filesystem, replies. */
@FunctionalInterface
interface Handler {
    /** Gives {@code call} its reply, or throws without having given one. */
    void handle(Call call) throws IOException;
}
