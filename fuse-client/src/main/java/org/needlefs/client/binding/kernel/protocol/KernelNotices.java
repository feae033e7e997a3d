package org.needlefs.client.binding.kernel.protocol;

import org.needlefs.cluster.model.Inode;

/** What the binding tells the kernel without being asked. Threading: any, also from within a request. */
public interface KernelNotices {
    /** The attributes that the kernel remembers of {@code inode} are no longer right; its content is. */
    void attributesChanged(Inode inode);
}
