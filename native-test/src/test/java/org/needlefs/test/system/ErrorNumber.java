package org.needlefs.test.system;

import java.util.Map;
import org.needlefs.cluster.model.Errno;

/** Results of system calls as people read them, and the numbers that only the kernel itself answers. */
public final class ErrorNumber {
    public static final long EPERM = 1;
    public static final long ENOENT = 2;
    public static final long ENXIO = 6;
    public static final long E2BIG = 7;
    public static final long EBADF = 9;
    public static final long EAGAIN = 11;
    public static final long EACCES = 13;
    public static final long EFAULT = 14;
    public static final long EBUSY = 16;
    public static final long EEXIST = 17;
    public static final long EXDEV = 18;
    public static final long ENODEV = 19;
    public static final long ENOTDIR = 20;
    public static final long EISDIR = 21;
    public static final long EINVAL = 22;
    public static final long ENOTTY = 25;
    public static final long ETXTBSY = 26;
    public static final long EFBIG = 27;
    public static final long ENOSPC = 28;
    public static final long ESPIPE = 29;
    public static final long EMLINK = 31;
    public static final long ERANGE = 34;
    public static final long ENAMETOOLONG = 36;
    public static final long ENOSYS = 38;
    public static final long ENOTEMPTY = 39;
    public static final long ELOOP = 40;
    public static final long ENODATA = 61;
    public static final long EOPNOTSUPP = 95;
    public static final long ENOTCONN = 107;

    private static final Map<Long, String> KERNEL_ONLY =
            Map.of(EFAULT, "EFAULT", ETXTBSY, "ETXTBSY", ESPIPE, "ESPIPE", ENOTCONN, "ENOTCONN", 103L, "ECONNABORTED");

    private ErrorNumber() {}

    /** {@code 17} or {@code -EEXIST}. */
    public static String show(long result) {
        if (result >= 0) {
            return Long.toString(result);
        }
        for (Errno errno : Errno.values()) {
            if (errno.number() == -result) {
                return "-" + errno;
            }
        }
        return "-" + KERNEL_ONLY.getOrDefault(-result, Long.toString(-result));
    }
}
