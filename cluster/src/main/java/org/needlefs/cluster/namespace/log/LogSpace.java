package org.needlefs.cluster.namespace.log;

import java.io.IOException;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.storage.disk.Disk;

/** Keeps a reserve on the disk of the log, so that deleting is possible when writing is not any more. Threading: any. */
final class LogSpace {
    private static final int COMMANDS_PER_LOOK = 1024;

    private final Disk disk;
    private final long reserveBytes;
    private volatile int commandsUntilLook;
    private volatile boolean full;

    LogSpace(Disk disk, long reserveBytes) {
        this.disk = disk;
        this.reserveBytes = reserveBytes;
    }

    /** Whether the command has to be refused. Looks at the disk now and then, and always while it is full. */
    boolean refuses(Command command) throws IOException {
        int left = commandsUntilLook - 1;
        commandsUntilLook = left;
        if (left < 0 || full) {
            commandsUntilLook = COMMANDS_PER_LOOK;
            full = disk.usableBytes() < reserveBytes;
        }
        return full && grows(command);
    }

    private static boolean grows(Command command) {
        return switch (command) {
            case Command.Make _,
                    Command.MakeOrphan _,
                    Command.Link _,
                    Command.WriteContent _,
                    Command.ShareExtents _,
                    Command.SetXattr _ -> true;
            case Command.Format _,
                    Command.OpenSession _,
                    Command.CloseSession _,
                    Command.Unlink _,
                    Command.RemoveDirectory _,
                    Command.Rename _,
                    Command.Release _,
                    Command.SetAttributes _,
                    Command.ReplaceExtents _,
                    Command.Allocate _,
                    Command.RemoveXattr _,
                    Command.GarbageDone _,
                    Command.Repair _ -> false;
        };
    }
}
