package org.needlefs.client.vfs;

import java.io.IOException;
import java.util.Optional;
import org.needlefs.client.vfs.file.OpenFiles;
import org.needlefs.client.vfs.file.OpenInode;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;

/**
 * Changes of names. What loses its last name while this mount has it open is held as an orphan, so that it goes on working.
 * Threading: any.
 */
final class NameOperations {
    private final FileSystem fileSystem;
    private final OpenFiles files;
    private final SeenVersions seen;

    NameOperations(FileSystem fileSystem, OpenFiles files, SeenVersions seen) {
        this.fileSystem = fileSystem;
        this.files = files;
        this.seen = seen;
    }

    Attributes make(Inode parent, Name name, NewNode node) throws IOException {
        Attributes made = fileSystem.make(parent, name, node);
        files.durability().nameChanged();
        return made;
    }

    Attributes makeOrphan(NewNode node) throws IOException {
        Attributes made = fileSystem.makeOrphan(node);
        files.durability().changed();
        return made;
    }

    Attributes link(Inode inode, Inode newParent, Name newName) throws IOException {
        Optional<OpenInode> open = files.find(inode);
        if (open.isPresent() && open.get().isOrphan()) {
            files.flush(open.get()); // Closing an orphan stores nothing, but now others will see it.
        }
        Attributes linked = fileSystem.link(inode, newParent, newName);
        files.durability().nameChanged();
        open.ifPresent(file -> file.setOrphan(false));
        seen.changed(linked);
        return files.seen(linked);
    }

    void unlink(Inode parent, Name name) throws IOException {
        Inode victim = find(parent, name).inode();
        Attributes removed = files.removing(victim, open -> {
            Attributes answer = fileSystem.unlink(parent, name, open.isPresent());
            open.ifPresent(file -> lostName(file, answer));
            return answer;
        });
        files.durability().nameChanged();
        seen.changed(removed);
    }

    private Attributes find(Inode parent, Name name) throws IOException {
        Optional<Attributes> found = fileSystem.lookup(parent, name);
        if (found.isEmpty()) {
            throw Errno.ENOENT.because("%s is not in directory %s", name, parent);
        }
        return found.get();
    }

    private static void lostName(OpenInode file, Attributes answer) {
        if (answer.inode().equals(file.inode())) {
            file.hear(answer);
            file.setOrphan(answer.linkCount() == 0);
        }
    }

    void removeDirectory(Inode parent, Name name) throws IOException {
        Inode victim = find(parent, name).inode();
        files.removing(victim, open -> {
            fileSystem.removeDirectory(parent, name, open.isPresent());
            open.ifPresent(directory -> directory.setOrphan(true));
            return victim;
        });
        files.durability().nameChanged();
    }

    void rename(Inode parent, Name name, Inode newParent, Name newName, RenameMode mode) throws IOException {
        Optional<Attributes> victim =
                mode == RenameMode.REPLACE ? fileSystem.lookup(newParent, newName) : Optional.empty();
        if (victim.isEmpty()) {
            rename(parent, name, newParent, newName, mode, Optional.empty());
        } else {
            files.removing(victim.get().inode(), open -> rename(parent, name, newParent, newName, mode, open));
        }
        files.durability().nameChanged();
    }

    private Optional<Attributes> rename(
            Inode parent, Name name, Inode newParent, Name newName, RenameMode mode, Optional<OpenInode> open)
            throws IOException {
        Optional<Attributes> replaced = fileSystem.rename(parent, name, newParent, newName, mode, open.isPresent());
        if (replaced.isPresent()) {
            seen.changed(replaced.get());
            open.ifPresent(file -> lostNameOrDirectory(file, replaced.get()));
        }
        return replaced;
    }

    private static void lostNameOrDirectory(OpenInode file, Attributes answer) {
        lostName(file, answer);
        if (answer.isDirectory() && answer.inode().equals(file.inode())) {
            file.setOrphan(true); // A directory has one name only.
        }
    }

    /** Attributes of an entry, as this mount sees them. @throws FsException ENOENT */
    Attributes lookup(Inode parent, Name name) throws IOException {
        return files.seen(find(parent, name));
    }
}
