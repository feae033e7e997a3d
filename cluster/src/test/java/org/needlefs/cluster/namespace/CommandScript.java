package org.needlefs.cluster.namespace;

import static org.needlefs.cluster.namespace.NamespaceFixture.bytes;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.util.ArrayList;
import java.util.List;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Mend;
import org.needlefs.storage.ObjectId;

/** A fixed sequence of commands: each kind, each kind of mend, and a row of each kind left at the end. */
final class CommandScript {
    private static final long SESSION = 1;
    private static final Inode FOLDER = new Inode(2);
    private static final Inode SMALL = new Inode(3);
    private static final Inode LARGE = new Inode(4);
    private static final Inode TWIN = new Inode(5);
    private static final Inode LINK = new Inode(6);
    private static final ObjectId OBJECT = new ObjectId(0x0102030405060708L, 0xF1F2F3F4F5F6F7F8L);
    private static final ObjectId OTHER = new ObjectId(1, 2);

    private final List<Envelope> envelopes = new ArrayList<>();

    private CommandScript() {}

    static List<Envelope> envelopes() {
        CommandScript script = new CommandScript();
        script.system(new Command.Format(NamespaceFixture.ID, new Geometry(1 << 16, 4096), 0755, 0, -2));
        script.system(new Command.OpenSession());
        script.nodes();
        script.contents();
        script.names();
        script.mends();
        script.system(new Command.OpenSession());
        script.system(new Command.CloseSession(2, 100));
        return script.envelopes;
    }

    private void system(Command command) {
        envelopes.add(Envelope.system(1_000 + envelopes.size(), command));
    }

    private void session(Command command) {
        long sequence = envelopes.size();
        envelopes.add(new Envelope(SESSION, sequence, 1_700_000_000_000_000_000L + sequence, sequence / 2, command));
    }

    private void nodes() {
        session(new Command.Make(Inode.ROOT, name("folder"), NewNode.directory(0750, 1000, 100)));
        session(new Command.Make(FOLDER, name("small"), NewNode.file(04755, 1, 2)));
        session(new Command.Make(FOLDER, name("large"), NewNode.file(0644, -1, -2)));
        session(new Command.Make(FOLDER, name("twin"), NewNode.file(0600, 0, 0)));
        session(new Command.Make(FOLDER, name("link"), NewNode.symlink(bytes("../täget"), 3, 4)));
        session(new Command.Make(FOLDER, name("disk"), NewNode.special(NodeKind.BLOCK_DEVICE, 0660, 0, 6, 0x801)));
        session(new Command.Make(FOLDER, name("pipe"), NewNode.special(NodeKind.FIFO, 0600, 0, 0, 0)));
        session(new Command.MakeOrphan(NewNode.file(0600, 5, 6)));
        session(new Command.Make(FOLDER, name("small"), NewNode.file(0600, 0, 0)));
        session(new Command.SetAttributes(
                SMALL,
                AttributeChange.NONE
                        .withPermissions(0640)
                        .withUserId(77)
                        .withGroupId(88)
                        .withAccessNanos(-5)
                        .withModifyNanos(12345)));
        session(new Command.SetXattr(SMALL, name("user.colour"), bytes("blue"), XattrMode.CREATE));
        session(new Command.SetXattr(LINK, name("user.gone"), bytes(""), XattrMode.ANY));
        session(new Command.RemoveXattr(LINK, name("user.gone")));
    }

    private void contents() {
        session(new Command.WriteContent(SMALL, new Write.Whole(bytes("hello")), 5, 99, true));
        List<Chunk> chunks = List.of(
                new Chunk(0, List.of(new Extent(0, 30_000, OBJECT, 0), new Extent(40_000, 500, OTHER, 70))),
                new Chunk(3, List.of(new Extent(1, 2, OTHER, 0))));
        session(new Command.WriteContent(LARGE, new Write.Extents(chunks), 250_000, -7, false));
        session(new Command.ShareExtents(LARGE, 100, TWIN, 200, 50_000, 1234));
        session(new Command.ReplaceExtents(
                LARGE, 3, List.of(new Extent(1, 2, OTHER, 0)), List.of(new Extent(1, 2, new ObjectId(5, 5), 9))));
        session(new Command.Allocate(LARGE, AllocateMode.PUNCH_HOLE, 1000, 2000));
        session(new Command.Allocate(TWIN, AllocateMode.EXTEND, 300_000, 1));
        session(new Command.SetAttributes(LARGE, AttributeChange.NONE.withSizeBytes(60_000)));
    }

    private void names() {
        session(new Command.Link(SMALL, Inode.ROOT, name("second name")));
        session(new Command.Rename(FOLDER, name("pipe"), Inode.ROOT, name("moved"), RenameMode.NO_REPLACE, false));
        session(new Command.Rename(FOLDER, name("disk"), Inode.ROOT, name("moved"), RenameMode.REPLACE, true));
        session(new Command.Make(Inode.ROOT, name("empty"), NewNode.directory(0700, 0, 0)));
        session(new Command.RemoveDirectory(Inode.ROOT, name("empty"), false));
        session(new Command.Make(Inode.ROOT, name("held"), NewNode.file(0700, 0, 0)));
        session(new Command.Unlink(Inode.ROOT, name("held"), true));
        session(new Command.MakeOrphan(NewNode.file(0600, 0, 0)));
        session(new Command.Release(new Inode(12)));
        system(new Command.GarbageDone(3, 0));
    }

    /** Nothing is broken, so that each of them changes nothing, or is put right by the next. */
    private void mends() {
        system(new Command.Repair(new Mend.Numbers(FOLDER, 2, Inode.ROOT, 4, 0)));
        system(new Command.Repair(new Mend.DropEntry(FOLDER, 1L << 50)));
        system(new Command.Repair(new Mend.Adopt(LINK, Inode.ROOT, name("adopted"))));
        system(new Command.Repair(new Mend.LetGo(SESSION, new Inode(11))));
        system(new Command.Repair(new Mend.DropRows(new Inode(4711))));
        system(new Command.Repair(new Mend.DropExtents(LARGE, 0, new ObjectId(9, 9))));
        system(new Command.Repair(new Mend.References(new ObjectId(6, 6), 1)));
        system(new Command.Repair(new Mend.Totals(8, 100_000, 2, 1, 20)));
        system(new Command.Repair(new Mend.CutBehindEnd(LARGE, 0)));
        system(new Command.Repair(new Mend.KeepOneContent(LARGE)));
        system(new Command.Repair(new Mend.RetypeEntry(FOLDER, 1L << 50)));
        system(new Command.Repair(new Mend.DropGarbage(4711, 1)));
    }
}
