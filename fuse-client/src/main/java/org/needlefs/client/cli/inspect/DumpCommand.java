package org.needlefs.client.cli.inspect;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.needlefs.client.admin.ExitCode;
import org.needlefs.client.mount.DataDirectories;
import org.needlefs.storage.needle.Inspect;
import org.needlefs.storage.needle.StoreDirectory;
import org.needlefs.storage.needle.format.NeedleHeader;
import org.needlefs.storage.needle.volume.Damage;
import org.needlefs.storage.needle.volume.Inspection;
import org.needlefs.storage.segment.RecordPosition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Every record of every container, a line each, as it is read: in bounded memory whatever the size of the store. */
@Command(
        name = "dump",
        description = "List every record of every container, oldest first: a line each, and what is damaged.",
        mixinStandardHelpOptions = true)
final class DumpCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Parameters(paramLabel = "DATA_DIR[,DIR…]", description = "The data, which must not be mounted.")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        DataDirectories directories = DataDirectories.parse(data);
        PrintWriter out =
                new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8)));
        boolean whole = Stopped.with(directories, stores -> {
            boolean undamaged = true;
            for (StoreDirectory store : stores) {
                Lines lines = new Lines(out, json);
                Inspect.dump(store, lines);
                undamaged &= !lines.damaged;
            }
            return undamaged;
        });
        out.flush();
        if (out.checkError()) {
            throw new IOException("the answer could not be written");
        }
        return (whole ? ExitCode.OK : ExitCode.FAILED).number();
    }

    /** Threading: confined to the command. */
    private static final class Lines implements Inspection.Visitor {
        private final PrintWriter out;
        private final boolean json;
        private boolean damaged;

        Lines(PrintWriter out, boolean json) {
            this.out = out;
            this.json = json;
        }

        @Override
        public void record(long sequence, RecordPosition position, NeedleHeader header, Inspection.State state) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("segment", position.segment());
            values.put("offsetBytes", position.offsetBytes());
            values.put("sequence", sequence);
            values.put("object", header.id().toString());
            values.put("sizeBytes", header.sizeBytes());
            values.put("created", Instant.ofEpochMilli(header.createdMillis()).toString());
            values.put("state", state.name().toLowerCase(Locale.ROOT));
            print(values);
        }

        @Override
        public void damaged(Damage damage) {
            damaged = true;
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("segment", damage.segment());
            values.put("offsetBytes", damage.offsetBytes());
            values.put("sizeBytes", damage.sizeBytes());
            values.put("state", "damaged");
            values.put("why", damage.why());
            print(values);
        }

        private void print(Map<String, Object> values) {
            if (json) {
                try {
                    out.println(JSON.std.asString(values));
                } catch (IOException impossible) {
                    throw new UncheckedIOException(impossible);
                }
                return;
            }
            out.println(String.join(
                    "  ", values.values().stream().map(String::valueOf).toList()));
        }
    }
}
