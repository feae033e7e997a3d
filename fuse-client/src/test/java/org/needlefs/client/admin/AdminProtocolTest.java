package org.needlefs.client.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.needlefs.client.admin.AdminCommand.Action;

final class AdminProtocolTest {
    @TempDir
    Path data;

    private final FakeNode node = new FakeNode();
    private final AdminService service = AdminService.notMounted(node);

    private AdminAnswer ask(AdminCommand command) throws IOException {
        return AdminClient.connect(data).orElseThrow().ask(command, ProgressListener.NONE);
    }

    private String say(String line) throws IOException {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(AdminSocket.path(data)))) {
            connection.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            String answer = new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))
                    .readLine();
            return answer == null ? "closed" : answer;
        }
    }

    @Test
    void everyCommandSurvivesTheWire() throws IOException {
        List<AdminCommand> commands = List.of(
                new AdminCommand.Status(),
                new AdminCommand.Stats(),
                new AdminCommand.DiskUsage("/a \"b\"\n/ü"),
                new AdminCommand.Fsck(true),
                new AdminCommand.Gc(true),
                new AdminCommand.Scrub(Action.START),
                new AdminCommand.Compact(Action.SUSPEND),
                new AdminCommand.Unmount());
        for (AdminCommand command : commands) {
            String line = AdminCodec.encode(command);
            assertThat(line).doesNotContain("\n");
            assertThat(AdminCodec.decodeCommand(line)).isEqualTo(command);
        }
    }

    @Test
    void everyAnswerSurvivesTheWire() throws IOException {
        Report report = Report.EMPTY
                .with("text", "a\nb")
                .with("number", 1L << 40)
                .with("share", 0.5)
                .with("truth", true)
                .with("nested", Report.EMPTY.with("x", 1L))
                .with("rows", List.of(Report.EMPTY.with("y", "z"), "text"));
        List<AdminAnswer> answers = List.of(
                new AdminAnswer.Progress("needles", 3, 0),
                new AdminAnswer.Done(report, ExitCode.PARTLY),
                new AdminAnswer.Failed("no"));
        for (AdminAnswer answer : answers) {
            String line = AdminCodec.encode(answer);
            assertThat(line).doesNotContain("\n");
            assertThat(AdminCodec.decodeAnswer(line)).isEqualTo(answer);
        }
    }

    @Test
    void aServerAnswersAndTellsProgressAndExitCode() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            assertThat(ask(new AdminCommand.Status())).isEqualTo(new AdminAnswer.Done(node.status(), ExitCode.OK));
            List<AdminAnswer.Progress> progress = new ArrayList<>();
            AdminAnswer answer =
                    AdminClient.connect(data).orElseThrow().ask(new AdminCommand.DiskUsage("/x"), progress::add);
            assertThat(answer).isEqualTo(new AdminAnswer.Done(Report.EMPTY.with("path", "/x"), ExitCode.PARTLY));
            assertThat(progress).containsExactly(new AdminAnswer.Progress("nodes", 1, 2));
        }
    }

    @Test
    void gcDeletesOnlyWhereItIsNoDryRun() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            for (boolean dryRun : new boolean[] {true, false}) {
                List<AdminAnswer.Progress> progress = new ArrayList<>();
                AdminAnswer answer =
                        AdminClient.connect(data).orElseThrow().ask(new AdminCommand.Gc(dryRun), progress::add);
                assertThat(answer).isEqualTo(new AdminAnswer.Done(Report.EMPTY.with("deleted", !dryRun), ExitCode.OK));
                assertThat(progress).containsExactly(new AdminAnswer.Progress("objects", 3, 9));
            }
        }
        assertThat(node.asked).containsExactly("gc true", "gc false");
    }

    @Test
    void whatANodeThrowsBecomesALineAndTheServerGoesOn() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            assertThat(ask(new AdminCommand.Stats())).isEqualTo(new AdminAnswer.Failed("the disk is on fire"));
            assertThat(ask(new AdminCommand.Compact(Action.START)))
                    .isInstanceOfSatisfying(
                            AdminAnswer.Failed.class,
                            failed -> assertThat(failed.why()).contains("bug"));
            assertThat(ask(new AdminCommand.Unmount())).isEqualTo(new AdminAnswer.Failed("nothing is mounted"));
            assertThat(ask(new AdminCommand.Scrub(Action.START))).isInstanceOf(AdminAnswer.Done.class);
        }
        assertThat(node.asked).containsExactly("scrub START");
    }

    @Test
    void nonsenseIsRefusedWithALineAndDoesNoHarm() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            for (String nonsense : List.of(
                    "hello",
                    "{}",
                    "[1,2]",
                    "{\"command\":\"format\"}",
                    "{\"command\":\"du\"}",
                    "{\"command\":\"fsck\"}",
                    "{\"command\":\"gc\"}",
                    "{\"command\":7}",
                    "{\"command\":\"scrub\",\"action\":\"dance\"}",
                    "\u0000\u0001")) {
                assertThat(say(nonsense)).startsWith("{\"answer\":\"failed\"");
            }
            assertThat(node.asked).isEmpty();
            assertThat(ask(new AdminCommand.Status())).isInstanceOf(AdminAnswer.Done.class);
        }
    }

    @Test
    void aLineWithoutAnEndIsCutOffAndTheServerGoesOn() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(AdminSocket.path(data)))) {
                ByteBuffer noise = ByteBuffer.allocate(AdminSocket.COMMAND_BYTES_MAX / 2);
                assertThatThrownBy(() -> {
                            for (int count = 0; count < 100; count++) {
                                connection.write(noise.clear());
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(ask(new AdminCommand.Status())).isInstanceOf(AdminAnswer.Done.class);
        }
    }

    @Test
    void moreConnectionsThanAllowedAreTurnedAway() throws IOException {
        try (AdminServer _ = AdminServer.listen(data, service)) {
            List<SocketChannel> open = new ArrayList<>();
            try {
                for (int count = 0; count < AdminServer.CONNECTION_COUNT_MAX; count++) {
                    open.add(SocketChannel.open(UnixDomainSocketAddress.of(AdminSocket.path(data))));
                }
                assertThat(say("{\"command\":\"status\"}")).contains("too many administrators");
            } finally {
                for (SocketChannel connection : open) {
                    connection.close();
                }
            }
        }
    }

    @Test
    void onlyTheOwnerMayConnectAndNobodyIsThereWithoutAServer() throws IOException {
        assertThat(AdminClient.connect(data)).isEmpty();
        assertThat(AdminClient.connect(data.resolve("missing"))).isEmpty();
        try (AdminServer _ = AdminServer.listen(data, service)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(AdminSocket.path(data))))
                    .isEqualTo("rw-------");
        }
        assertThat(AdminSocket.path(data)).doesNotExist();
    }

    @Test
    void theSocketOfADeadProcessIsNobodyAndIsReplaced() throws IOException {
        try (var dead = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(AdminSocket.path(data)));
        }
        assertThat(AdminSocket.path(data)).exists();
        assertThat(AdminClient.connect(data)).isEmpty();
        try (AdminServer _ = AdminServer.listen(data, service)) {
            assertThat(ask(new AdminCommand.Status())).isInstanceOf(AdminAnswer.Done.class);
        }
    }

    @Test
    void aDataDirectoryWithALongPathHasASocketToo() throws IOException {
        Path deep = Files.createDirectories(data.resolve("d".repeat(120)));
        try (AdminServer _ = AdminServer.listen(deep, service)) {
            assertThat(AdminClient.connect(deep).orElseThrow().ask(new AdminCommand.Status(), ProgressListener.NONE))
                    .isInstanceOf(AdminAnswer.Done.class);
        }
    }
}
