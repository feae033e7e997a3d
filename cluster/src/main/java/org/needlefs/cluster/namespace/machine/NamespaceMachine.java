package org.needlefs.cluster.namespace.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Outcome;
import org.needlefs.cluster.namespace.state.Meta;
import org.needlefs.cluster.namespace.state.NameHash;
import org.needlefs.cluster.namespace.state.NamespaceState;
import org.needlefs.cluster.namespace.state.Node;
import org.needlefs.cluster.namespace.store.Key;

/**
 * The namespace as a deterministic state machine: the same commands in the same order give the same outcomes and the
 * same rows, on every machine and at every repetition. No clock, no chance, no I/O but its tables.
 *
 * <p>Guarantee: a command of a session is executed once, however often it is applied. A refused one changes nothing.
 * Threading: {@link #apply} under the state's write lock. Throws: IOException - the tables cannot be read; the state may
 * hold half a command, so nothing of it may be stored or shown any more.
 */
public final class NamespaceMachine {
    private final NamespaceState state;
    private final int hashBitCount;
    private final Counters counters;
    private final Sessions sessions;

    /** Made when the filesystem's id is known. */
    private Optional<Executor> executor = Optional.empty();

    /** @param hashBitCount of a name: {@link NameHash#BIT_COUNT} but in tests */
    public NamespaceMachine(NamespaceState state, int hashBitCount) throws IOException {
        this.state = state;
        this.hashBitCount = hashBitCount;
        Optional<Meta> meta = state.meta().get(Key.FIRST);
        this.counters = new Counters(meta);
        this.sessions = new Sessions(state.sessions());
        meta.ifPresent(this::use);
    }

    private void use(Meta meta) {
        executor =
                Optional.of(new Executor(state, new NameHash(meta.filesystemId(), hashBitCount), counters, sessions));
    }

    public Outcome apply(long logIndex, Envelope envelope) throws IOException {
        Context context = new Context(logIndex, envelope.session(), envelope.timeNanos());
        if (envelope.session() == Envelope.SYSTEM) {
            return outcome(context, envelope.command());
        }
        Optional<Outcome> known = sessions.answer(envelope);
        if (known.isPresent()) {
            return known.get();
        }
        Outcome outcome = outcome(context, envelope.command());
        sessions.remember(envelope, outcome);
        return outcome;
    }

    private Outcome outcome(Context context, Command command) throws IOException {
        try {
            if (command instanceof Command.Format format) {
                return format(context, format);
            }
            if (executor.isEmpty()) {
                throw Errno.EIO.because("the namespace is not formatted");
            }
            return executor.get().execute(context, command);
        } catch (FsException refusal) {
            return new Outcome.Refused(refusal.errno(), refusal.reason());
        }
    }

    private Outcome format(Context context, Command.Format command) throws IOException {
        if (counters.formatted()) {
            throw Errno.EEXIST.because("the namespace is formatted already");
        }
        counters.format(command.filesystemId(), command.geometry());
        use(counters.meta());
        executor.orElseThrow().makeRoot(context, command);
        return Outcome.DONE;
    }

    /** Puts into the tables what is kept beside them; before they are stored, under the write lock. */
    public void save() {
        if (counters.formatted()) {
            state.meta().put(Key.FIRST, counters.meta());
            sessions.save();
        }
    }

    public boolean formatted() {
        return counters.formatted();
    }

    /** Under a lock of the state, as all that follows. */
    public Meta meta() {
        return counters.meta();
    }

    public Tree tree() {
        return executor.orElseThrow().tree;
    }

    public List<Long> openSessions() {
        return sessions.numbers();
    }

    /** What turns commands into outcomes once there is a root. */
    private static final class Executor {
        private final NamespaceState state;
        private final Tree tree;
        private final Counters counters;
        private final Sessions sessions;
        private final Contents contents;
        private final Nodes nodes;
        private final Directories directories;
        private final Renames renames;
        private final AttributeChanges attributes;
        private final Mends mends;

        Executor(NamespaceState state, NameHash hash, Counters counters, Sessions sessions) {
            this.state = state;
            this.counters = counters;
            this.sessions = sessions;
            this.tree = new Tree(state, hash);
            this.contents = new Contents(state, tree, counters);
            this.nodes = new Nodes(state, tree, counters, sessions, contents);
            this.directories = new Directories(tree, counters, nodes);
            this.renames = new Renames(tree, nodes);
            this.attributes = new AttributeChanges(state, tree, contents);
            this.mends = new Mends(state, tree, nodes, counters);
        }

        void makeRoot(Context context, Command.Format command) {
            directories.makeRoot(context, command);
        }

        Outcome execute(Context context, Command command) throws IOException {
            return switch (command) {
                case Command.Format _ -> throw Errno.EEXIST.because("the namespace is formatted already");
                case Command.OpenSession _ -> {
                    long number = counters.newSession();
                    sessions.open(number);
                    yield new Outcome.Numbered(number);
                }
                case Command.CloseSession c -> new Outcome.Flag(closeSession(context, c));
                case Command.Make c -> new Outcome.Node(directories.make(context, c));
                case Command.MakeOrphan c -> new Outcome.Node(directories.makeOrphan(context, c));
                case Command.Link c -> new Outcome.Node(directories.link(context, c));
                case Command.Unlink c -> new Outcome.Node(directories.unlink(context, c));
                case Command.RemoveDirectory c -> {
                    directories.removeDirectory(context, c);
                    yield Outcome.DONE;
                }
                case Command.Rename c -> new Outcome.Replaced(renames.rename(context, c));
                case Command.Release c -> {
                    release(context, c.inode());
                    yield Outcome.DONE;
                }
                case Command.SetAttributes c -> new Outcome.Node(attributes.set(context, c));
                case Command.WriteContent c -> new Outcome.Node(contents.write(context, c));
                case Command.ReplaceExtents c -> new Outcome.Flag(contents.replace(context, c));
                case Command.ShareExtents c -> new Outcome.Node(contents.share(context, c));
                case Command.Allocate c -> new Outcome.Node(attributes.allocate(context, c));
                case Command.SetXattr c -> new Outcome.Node(attributes.setXattr(context, c));
                case Command.RemoveXattr c -> new Outcome.Node(attributes.removeXattr(context, c));
                case Command.GarbageDone c -> {
                    garbageDone(c);
                    yield Outcome.DONE;
                }
                case Command.Repair c -> {
                    mends.apply(context, c.mend());
                    yield Outcome.DONE;
                }
            };
        }

        private void release(Context context, Inode inode) throws IOException {
            Optional<Node> node = tree.find(inode);
            if (node.isPresent() && node.get().holder() == context.session()) {
                nodes.free(context, node.get());
            }
        }

        private boolean closeSession(Context context, Command.CloseSession command) throws IOException {
            if (!sessions.isOpen(command.session())) {
                return true;
            }
            List<Inode> orphans = new ArrayList<>();
            state.orphans().scan(Key.of(command.session()), new Key(command.session(), -1), (key, _) -> {
                orphans.add(new Inode(key.low()));
                return orphans.size() <= command.orphanCountMax();
            });
            boolean last = orphans.size() <= command.orphanCountMax();
            Context owner = new Context(context.logIndex(), command.session(), context.timeNanos());
            for (Inode orphan : last ? orphans : orphans.subList(0, command.orphanCountMax())) {
                release(owner, orphan);
                // Even if the node knows nothing of it: what stayed would be found again for ever.
                state.orphans().remove(new Key(command.session(), orphan.value()));
            }
            if (last) {
                sessions.close(command.session());
            }
            return last;
        }

        private void garbageDone(Command.GarbageDone command) throws IOException {
            List<Key> done = new ArrayList<>();
            state.garbage().scan(Key.FIRST, new Key(command.logIndex(), command.number()), (key, _) -> {
                done.add(key);
                return true;
            });
            done.forEach(state.garbage()::remove);
            counters.garbageGrew(-done.size());
        }
    }
}
