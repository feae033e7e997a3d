package org.needlefs.client.binding.kernel.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.needlefs.client.binding.MountFlag;

/**
 * What to mount, in the words of mount(2) and of the mount helper.
 *
 * @param readSizeMax the largest read that the kernel may ask for in one request
 */
public record MountCall(String source, Set<MountFlag> mountFlags, int readSizeMax) {
    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;

    public MountCall {
        mountFlags = Set.copyOf(mountFlags);
    }

    long flags() {
        long flags = 0;
        for (MountFlag flag : mountFlags) {
            flags |= switch (flag) {
                case READ_ONLY -> MS_RDONLY;
                case NO_SETUID -> MS_NOSUID;
                case NO_DEVICES -> MS_NODEV;
                case NO_EXECUTE -> MS_NOEXEC;
                // The kernel knows the one by another word, the other not at all: the binding answers it.
                case ALLOW_OTHER, NO_XATTRS -> 0;
            };
        }
        return flags;
    }

    /** The last argument of mount(2): what the kernel's own fuse code reads. */
    String kernelOptions(int descriptor, int rootMode, int userId, int groupId) {
        String options = "fd=%d,rootmode=%o,user_id=%d,group_id=%d,default_permissions,max_read=%d"
                .formatted(descriptor, rootMode, userId, groupId, readSizeMax);
        return mountFlags.contains(MountFlag.ALLOW_OTHER) ? options + "," + MountFlag.ALLOW_OTHER.word() : options;
    }

    /** What {@code fusermount3 -o} takes. */
    String helperOptions(String subtype) {
        List<String> words = new ArrayList<>();
        for (MountFlag flag : MountFlag.values()) {
            if (mountFlags.contains(flag) && flag != MountFlag.NO_XATTRS) {
                words.add(flag.word());
            }
        }
        words.add("default_permissions");
        words.add("max_read=" + readSizeMax);
        // The helper takes a backslash before a comma, as mount(8) does.
        words.add("fsname=" + source.replace("\\", "\\\\").replace(",", "\\,"));
        words.add("subtype=" + subtype);
        return String.join(",", words);
    }
}
