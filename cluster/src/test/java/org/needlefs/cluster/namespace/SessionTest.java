package org.needlefs.cluster.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.cluster.namespace.NamespaceFixture.name;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.cluster.model.Errno;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.namespace.command.Command;
import org.needlefs.cluster.namespace.command.Envelope;
import org.needlefs.cluster.namespace.command.Outcome;

final class SessionTest {
    private static final Command MAKE = new Command.Make(Inode.ROOT, name("once"), NewNode.file(0600, 0, 0));

    @TempDir
    private Path directory;

    @Test
    void aRepeatedCommandIsAnsweredAndNotExecutedAgain() throws IOException {
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            long session = namespace.fileSystem().session();
            Envelope envelope = new Envelope(session, 900, 1, 1, MAKE);
            Outcome first = namespace.propose(envelope);
            assertThat(first).isInstanceOf(Outcome.Node.class);
            assertThat(namespace.propose(envelope)).isEqualTo(first);
            assertThat(namespace.propose(new Envelope(session, 901, 1, 1, MAKE)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.errno()).isEqualTo(Errno.EEXIST));
            assertThat(namespace.fileSystem().usage().inodeCount()).isEqualTo(2);
        }
    }

    @Test
    void anAcknowledgedCommandIsNotExecutedAgain() throws IOException {
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            long session = namespace.fileSystem().session();
            assertThat(namespace.propose(new Envelope(session, 900, 1, 901, MAKE)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
            assertThat(namespace.fileSystem().usage().inodeCount()).isEqualTo(1);
        }
    }

    @Test
    void aClosedSessionIsRefused() throws IOException {
        long session;
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            session = namespace.fileSystem().session();
        }
        try (Namespace namespace = NamespaceFixture.open(directory, true, NamespaceFixture.TINY)) {
            assertThat(namespace.fileSystem().session()).isGreaterThan(session);
            assertThat(namespace.propose(new Envelope(session, 900, 1, 1, MAKE)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.errno()).isEqualTo(Errno.ESTALE));
        }
    }
}
