package org.needlefs.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;

/** What {@code --version} prints: the build's number and the Java that runs it. */
public final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"needlefs " + number() + " (Java " + Runtime.version() + ")"};
    }

    /** The number that the build had. */
    static String number() throws IOException {
        try (InputStream file = Version.class.getResourceAsStream("/needlefs.properties")) {
            if (file == null) {
                return "unknown";
            }
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version", "unknown");
        }
    }
}
