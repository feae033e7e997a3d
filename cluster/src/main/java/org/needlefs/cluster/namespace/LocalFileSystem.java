package org.needlefs.cluster.namespace;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AllocateMode;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Content;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Geometry;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Usage;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.model.XattrMode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.log.ConsensusLog;
import org.needlefs.cluster.namespace.machine.NamespaceMachine;
import org.needlefs.cluster.namespace.machine.Questions;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.cluster.namespace.state.NamespaceState;

/** The namespace of this process: changes are proposed to its log, questions answered from its state. */
public final class LocalFileSystem implements FileSystem {
    /** What an inode is taken to need when the room for more of them is guessed. */
    private static final long INODE_BYTES = 1024;

    private final ConsensusLog log;
    private final NamespaceMachine machine;
    private final Questions questions;
    private final Lock readLock;
    private final SpaceSource space;
    private final LongSupplier clockNanos;
    private final Geometry geometry;
    private final long session;
    private final CommandWindow window = new CommandWindow();

    LocalFileSystem(
            ConsensusLog log, NamespaceMachine machine, NamespaceState state, NamespaceConfig config, long session) {
        this.log = log;
        this.machine = machine;
        this.questions = new Questions(state, machine.tree());
        this.readLock = state.store().readLock();
        this.space = config.space();
        this.clockNanos = config.clockNanos();
        this.geometry = machine.meta().geometry();
        this.session = session;
    }

    @Override
    public Geometry geometry() {
        return geometry;
    }

    @Override
    public long session() {
        return session;
    }

    @Override
    public Attributes attributes(Inode inode) throws IOException {
        return ask(() -> questions.attributes(inode));
    }

    @Override
    public Optional<Attributes> lookup(Inode parent, Name name) throws IOException {
        return ask(() -> questions.lookup(parent, name));
    }

    @Override
    public Inode parent(Inode directory) throws IOException {
        return ask(() -> questions.parent(directory));
    }

    @Override
    public List<Entry> list(Inode directory, long cookie, int countMax) throws IOException {
        return ask(() -> questions.list(directory, cookie, countMax));
    }

    @Override
    public byte[] readSymlink(Inode inode) throws IOException {
        return ask(() -> questions.readSymlink(inode));
    }

    @Override
    public Attributes make(Inode parent, Name name, NewNode node) throws IOException {
        return node(new Command.Make(parent, name, node));
    }

    @Override
    public Attributes makeOrphan(NewNode node) throws IOException {
        return node(new Command.MakeOrphan(node));
    }

    @Override
    public Attributes link(Inode inode, Inode newParent, Name newName) throws IOException {
        return node(new Command.Link(inode, newParent, newName));
    }

    @Override
    public Attributes unlink(Inode parent, Name name, boolean hold) throws IOException {
        return node(new Command.Unlink(parent, name, hold));
    }

    @Override
    public void removeDirectory(Inode parent, Name name, boolean hold) throws IOException {
        Outcome _ = run(new Command.RemoveDirectory(parent, name, hold));
    }

    @Override
    public Optional<Attributes> rename(
            Inode parent, Name name, Inode newParent, Name newName, RenameMode mode, boolean hold) throws IOException {
        Outcome outcome = run(new Command.Rename(parent, name, newParent, newName, mode, hold));
        if (outcome instanceof Outcome.Replaced(Optional<Attributes> attributes)) {
            return attributes;
        }
        throw unexpected(outcome);
    }

    @Override
    public void release(Inode inode) throws IOException {
        Outcome _ = run(new Command.Release(inode));
    }

    @Override
    public Attributes setAttributes(Inode inode, AttributeChange change) throws IOException {
        return node(new Command.SetAttributes(inode, change));
    }

    @Override
    public Content content(Inode inode, long firstChunk, int chunkCount) throws IOException {
        return ask(() -> questions.content(inode, firstChunk, chunkCount));
    }

    @Override
    public Attributes write(Inode inode, Write write, long sizeAtLeastBytes, long modifyNanos, boolean dropPrivileges)
            throws IOException {
        return node(new Command.WriteContent(inode, write, sizeAtLeastBytes, modifyNanos, dropPrivileges));
    }

    @Override
    public boolean replaceExtents(Inode inode, long chunkIndex, List<Extent> expected, List<Extent> replacement)
            throws IOException {
        Outcome outcome = run(new Command.ReplaceExtents(inode, chunkIndex, expected, replacement));
        if (outcome instanceof Outcome.Flag(boolean value)) {
            return value;
        }
        throw unexpected(outcome);
    }

    @Override
    public Attributes shareExtents(
            Inode source,
            long sourceOffsetBytes,
            Inode target,
            long targetOffsetBytes,
            long sizeBytes,
            long modifyNanos)
            throws IOException {
        return node(
                new Command.ShareExtents(source, sourceOffsetBytes, target, targetOffsetBytes, sizeBytes, modifyNanos));
    }

    @Override
    public Attributes allocate(Inode inode, AllocateMode mode, long offsetBytes, long sizeBytes) throws IOException {
        return node(new Command.Allocate(inode, mode, offsetBytes, sizeBytes));
    }

    @Override
    public byte[] xattr(Inode inode, Name name) throws IOException {
        return ask(() -> questions.xattr(inode, name));
    }

    @Override
    public List<Name> xattrs(Inode inode) throws IOException {
        return ask(() -> questions.xattrs(inode));
    }

    @Override
    public Attributes setXattr(Inode inode, Name name, byte[] value, XattrMode mode) throws IOException {
        return node(new Command.SetXattr(inode, name, value.clone(), mode));
    }

    @Override
    public Attributes removeXattr(Inode inode, Name name) throws IOException {
        return node(new Command.RemoveXattr(inode, name));
    }

    @Override
    public Usage usage() throws IOException {
        Meta meta = ask(machine::meta);
        SpaceSource.Space figures = space.space();
        long more = Math.max(0, figures.availableBytes()) / INODE_BYTES;
        return new Usage(figures.totalBytes(), figures.availableBytes(), meta.inodeCount(), meta.inodeCount() + more);
    }

    @Override
    public void sync() throws IOException {
        long _ = log.sync();
    }

    private <T> T ask(Question<T> question) throws IOException {
        log.refuseIfStopped();
        readLock.lock();
        try {
            return question.answer();
        } finally {
            readLock.unlock();
        }
    }

    private Attributes node(Command command) throws IOException {
        Outcome outcome = run(command);
        if (outcome instanceof Outcome.Node(Attributes attributes)) {
            return attributes;
        }
        throw unexpected(outcome);
    }

    private Outcome run(Command command) throws IOException {
        long sequence = window.take();
        try {
            Outcome outcome = log.propose(
                    new Envelope(session, sequence, clockNanos.getAsLong(), window.answeredBelow(), command));
            if (outcome instanceof Outcome.Refused refused) {
                throw refusal(refused);
            }
            return outcome;
        } finally {
            window.answered(sequence);
        }
    }

    static FsException refusal(Outcome.Refused refused) {
        return refused.errno().because("%s", refused.why());
    }

    static AssertionError unexpected(Outcome outcome) {
        return new AssertionError("an outcome of the wrong kind: " + outcome);
    }

    private interface Question<T> {
        T answer() throws IOException;
    }
}
