package org.needlefs.client.binding.jnr;

import java.io.IOException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.IgnoreError;

/**
 * The functions of libfuse 2.9 that the binding calls. Pointers are numbers, so that a call on the hot path makes no
 * object; a Java {@code long} is C's {@code long}, {@code size_t}, {@code off_t} or pointer of a 64-bit system.
 */
@IgnoreError
public interface LibFuse {
    /** A channel on an open device, which is closed with the channel. */
    long fuse_kern_chan_new(int descriptor);

    long fuse_lowlevel_new(long arguments, long operations, long operationsSizeBytes, long userData);

    void fuse_session_add_chan(long session, long channel);

    void fuse_session_destroy(long session);

    int fuse_session_exited(long session);

    void fuse_chan_destroy(long channel);

    void fuse_session_process(long session, long request, long requestSizeBytes, long channel);

    int fuse_chan_recv(long channelPointer, long buffer, long bufferSizeBytes);

    long fuse_chan_bufsize(long channel);

    int fuse_reply_err(long request, int errorNumber);

    int fuse_reply_entry(long request, long entry);

    int fuse_reply_create(long request, long entry, long fileInfo);

    int fuse_reply_attr(long request, long stat, double timeoutSeconds);

    int fuse_reply_readlink(long request, long target);

    int fuse_reply_open(long request, long fileInfo);

    int fuse_reply_write(long request, long countBytes);

    int fuse_reply_buf(long request, long buffer, long sizeBytes);

    int fuse_reply_statfs(long request, long statvfs);

    int fuse_reply_xattr(long request, long sizeBytes);

    int fuse_reply_lock(long request, long flock);

    long fuse_req_ctx(long request);

    void fuse_req_interrupt_func(long request, long function, long data);

    /** @throws IOException libfuse 2 is not installed */
    static LibFuse load() throws IOException {
        try {
            return LibraryLoader.create(LibFuse.class).failImmediately().load("libfuse.so.2");
        } catch (UnsatisfiedLinkError missing) {
            throw new IOException(
                    "libfuse.so.2 can't be loaded: install libfuse 2 (Debian: apt-get install libfuse2)", missing);
        }
    }
}
