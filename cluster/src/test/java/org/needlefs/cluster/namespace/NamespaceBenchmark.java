package org.needlefs.cluster.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Entry;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.RenameMode;
import org.needlefs.cluster.model.Write;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a call on the namespace, below {@code -Dneedlefs.benchmark.directory}, by default the temporary directory.
 * {@code cpuMicros} over {@code calls} is the processor time of the calling thread, kernel included; what the thread that
 * writes the state does comes on top.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class NamespaceBenchmark {
    private static final int FILES = 10_000;
    private static final int PAGE = 100;
    private static final Inode NOTHING = new Inode(1L << 40);

    /** A namespace with a directory of files. */
    @State(Scope.Benchmark)
    public static class Tree {
        private final Path directory;
        final Namespace namespace;
        final LocalFileSystem files;
        final Inode parent;
        final Name[] names = new Name[FILES];
        final Inode[] inodes = new Inode[FILES];
        private int at;
        private long madeCount;

        public Tree() {
            try {
                directory = Files.createTempDirectory(
                        Path.of(System.getProperty("needlefs.benchmark.directory", "/tmp")), "namespace-benchmark");
                namespace = NamespaceFixture.open(directory, true, NamespaceLimits.DEFAULT);
                files = namespace.fileSystem();
                parent = files.make(Inode.ROOT, NamespaceFixture.name("parent"), NewNode.directory(0755, 0, 0))
                        .inode();
                for (int i = 0; i < FILES; i++) {
                    names[i] = NamespaceFixture.name("file-" + i);
                    inodes[i] = files.make(parent, names[i], NewNode.file(0644, 0, 0))
                            .inode();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        int next() {
            at = (at + 1) % FILES;
            return at;
        }

        @TearDown(Level.Trial)
        public void delete() throws IOException {
            namespace.close();
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Processor time of an iteration. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Cpu {
        public long calls;
        public double cpuMicros;
        private long begunNanos;

        @Setup(Level.Iteration)
        public void begin() {
            calls = 0;
            begunNanos = nanos();
        }

        @TearDown(Level.Iteration)
        public void end() {
            cpuMicros = (nanos() - begunNanos) / 1000.0;
        }

        private static long nanos() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
    }

    @Benchmark
    public Attributes create(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        Name name = Name.of(("new-" + tree.madeCount++).getBytes(StandardCharsets.US_ASCII));
        return tree.files.make(tree.parent, name, NewNode.file(0644, 0, 0));
    }

    @Benchmark
    public Optional<Attributes> lookup(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        return tree.files.lookup(tree.parent, tree.names[tree.next()]);
    }

    @Benchmark
    public Optional<Attributes> lookupMissing(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        return tree.files.lookup(Inode.ROOT, tree.names[tree.next()]);
    }

    @Benchmark
    public Attributes attributes(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        return tree.files.attributes(tree.inodes[tree.next()]);
    }

    /** What a call on an inode that is gone costs. */
    @Benchmark
    public Errno attributesOfNothing(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        try {
            return tree.files.attributes(NOTHING).inode().equals(NOTHING) ? Errno.EPERM : Errno.EIO;
        } catch (FsException refusal) {
            return refusal.errno();
        }
    }

    @Benchmark
    public Attributes setAttributes(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        int file = tree.next();
        return tree.files.setAttributes(tree.inodes[file], AttributeChange.NONE.withPermissions(file & 0777));
    }

    @Benchmark
    public Optional<Attributes> rename(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        int file = tree.next();
        Name old = tree.names[file];
        tree.names[file] = Name.of(("renamed-" + tree.madeCount++).getBytes(StandardCharsets.US_ASCII));
        return tree.files.rename(tree.parent, old, tree.parent, tree.names[file], RenameMode.REPLACE, false);
    }

    @Benchmark
    public Attributes writeInline(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        return tree.files.write(tree.inodes[tree.next()], new Write.Whole(new byte[1000]), 1000, 1, false);
    }

    @Benchmark
    public List<Entry> listHundred(Tree tree, Cpu cpu) throws IOException {
        cpu.calls++;
        return tree.files.list(tree.parent, (long) tree.next() << 48, PAGE);
    }
}
